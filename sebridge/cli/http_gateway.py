"""A running bridge by HTTP, for subcommands: they need no more than Python's own client."""

from collections.abc import Mapping
import http.client
import json
from pathlib import Path
import ssl
from typing import Any, Final
from urllib.parse import quote, urlsplit

from sebridge.base.errors import RequestError
from sebridge.base.secret import Secret

_LONGEST: Final = 16 * 1024 * 1024  # octets of an answer
_PATIENCE: Final = 120.0  # seconds; a package is installed, and its hook runs


class NobodyThereError(RequestError):
    """Nobody answers, or somebody who is no bridge."""


class HttpGateway:
    """Asks a bridge at a URL; ValueError for one that is not of http or https."""

    def __init__(self, url: str, token: Secret, authority: Path | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is not like http://host:port")
        self._place = f"{parts.scheme}://{parts.hostname}"
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._is_encrypted = parts.scheme == "https"
        self._authority = authority
        self._token = token

    def upload(self, filename: str, octets: bytes) -> None:
        """Hand in a package or a signature; RequestError where it is refused."""
        self._post(f"/plugins?filename={quote(filename, safe='')}", octets)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of an RPC method; RequestError where it is refused."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._post("/rpc", json.dumps(request).encode())
        match answer:
            case {"error": {"message": str(problem)}}:
                raise RequestError(problem)
            case {"result": dict(result)}:
                return result
        raise self._nobody()

    def _post(self, path: str, body: bytes) -> Mapping[str, Any]:
        connection = self._connection()
        headers = {"Authorization": f"Bearer {self._token.reveal().decode()}"}
        try:
            connection.request("POST", self._path + path, body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read(_LONGEST))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._nobody(f": {error}") from error
        finally:
            connection.close()
        if not isinstance(answer, dict):
            raise self._nobody()
        if isinstance(answer.get("error"), str):
            raise RequestError(answer["error"])
        return answer

    def _nobody(self, why: str = "") -> NobodyThereError:
        return NobodyThereError(f"no bridge answers at {self._place}{why}")

    def _connection(self) -> http.client.HTTPConnection:
        if not self._is_encrypted:
            return http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE)
        context = ssl.create_default_context(cafile=self._authority)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=_PATIENCE, context=context
        )
