"""A VTN as we ask it: signed in by OAuth2, page by page, and limited in all that it may answer.

Source: OpenADR 3.1 Definition, EndPoints; RFC 6749, "Client Credentials Grant".
"""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
import ssl
from typing import Any, Final

import aiohttp
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    LimitError,
    MalformedAnswerError,
    RefusedError,
)
from sebridge.base.secret import Secret
from sebridge.rpc.json_codec import parse

MOST_OBJECTS: Final = 500
"""Programs, or events, that a VTN may have for us."""

_PAGE: Final = 50  # objects: the most that may be asked for
_LARGEST: Final = 1 << 20  # octets of an answer
_ANSWER_WITHIN: Final = 30.0  # seconds
_EARLIER: Final = 30.0  # seconds: a token is renewed so long before it ends
_LONGEST_TOKEN: Final = 8_192  # characters
_UNAUTHORIZED: Final = 401
_REFUSED: Final = frozenset({400, 401, 403})
_GOOD: Final = 200


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where a VTN is, and what it lets us in with; without `client_id` nobody need sign in.

    `ssl_context` None trusts the system's authorities.
    """

    url: str
    token_url: str
    client_id: str | None = None
    client_secret: Secret | None = None
    scopes: Sequence[str] = ()
    ssl_context: ssl.SSLContext | None = None


class _Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class _Token(msgspec.Struct):
    """What the token endpoint answers; how long it is good is in seconds."""

    access_token: str
    expires_in: float | None = None


class Vtn:
    """Asks one VTN. AnswerTimeoutError where it is away, RefusedError where it lets nobody in.

    MalformedAnswerError and LimitError are for answers that cannot be, LimitError for too many.
    """

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._token: Secret | None = None
        self._good_until = 0.0
        self.skew: float | None = None
        """How many seconds the VTN's clock is ahead of ours; None where it does not tell."""

    async def objects(self, path: str, params: Sequence[tuple[str, str]]) -> list[Any]:
        """Return all objects of a collection such as `programs`, each with an id once."""
        found: dict[str, Any] = {}
        others: list[Any] = []
        skip = 0
        async with self._session() as session:
            while page := await self._page(session, path, [*params, ("skip", str(skip))]):
                skip += len(page)
                if skip > MOST_OBJECTS:
                    raise LimitError(f"the VTN has more than {MOST_OBJECTS} {path} for us")
                known = len(found)
                for one in page:
                    name = one.get("id") if isinstance(one, dict) else None
                    if isinstance(name, str):
                        found[name] = one
                    else:
                        others.append(one)
                if len(found) == known:  # it does not know `skip`, and tells the same again
                    break
        return [*found.values(), *others[:1]]

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(ssl=self._access.ssl_context or True, limit=1),
        )

    async def _page(
        self, session: aiohttp.ClientSession, path: str, params: Sequence[tuple[str, str]]
    ) -> list[Any]:
        url = f"{self._access.url.rstrip('/')}/{path}"
        asked = [*params, ("limit", str(_PAGE))]
        answer = await self._asked(session, url, asked)
        if answer.status == _UNAUTHORIZED and self._token is not None:
            self._token = None  # it may have been taken back before its time
            answer = await self._asked(session, url, asked)
        _check(answer, f"the VTN answers {answer.status} to /{path}")
        page = _parsed(answer, f"the VTN's answer to /{path}")
        if not isinstance(page, list):
            raise MalformedAnswerError(f"the VTN's answer to /{path} is no list")
        return page

    async def _asked(
        self, session: aiohttp.ClientSession, url: str, params: Sequence[tuple[str, str]]
    ) -> _Answer:
        headers = {"Accept": "application/json"}
        token = await self._signed_in(session)
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal().decode()}"
        return await self._answer(session, "GET", url, params=params, headers=headers)

    async def _signed_in(self, session: aiohttp.ClientSession) -> Secret | None:
        """Return a token that is still good; None where nobody need sign in."""
        access = self._access
        if access.client_id is None or access.client_secret is None:
            return None
        if self._token is None or self._clock.monotonic() >= self._good_until:
            form = {
                "grant_type": "client_credentials",
                "client_id": access.client_id,
                "client_secret": access.client_secret.reveal().decode(),
            }
            if access.scopes:
                form["scope"] = " ".join(access.scopes)
            answer = await self._answer(session, "POST", access.token_url, data=form)
            _check(answer, f"no token is given: status {answer.status}")
            self._keep(answer)
        return self._token

    def _keep(self, answer: _Answer) -> None:
        problem = "the answer with a token is none"
        try:
            told = msgspec.convert(_parsed(answer, problem), _Token)
        except msgspec.ValidationError:
            raise MalformedAnswerError(problem) from None
        token = told.access_token
        if not (0 < len(token) <= _LONGEST_TOKEN and token.isascii() and token.isprintable()):
            raise MalformedAnswerError(problem)
        self._token = Secret(token.encode())
        lasts = told.expires_in
        good = float("inf") if lasts is None else max(lasts - _EARLIER, lasts / 2)
        self._good_until = self._clock.monotonic() + good

    async def _answer(
        self, session: aiohttp.ClientSession, method: str, url: str, **more: Any
    ) -> _Answer:
        try:
            return await self._clock.within(
                _ANSWER_WITHIN, self._exchange(session, method, url, **more)
            )
        except aiohttp.ClientConnectorCertificateError:
            raise AnswerTimeoutError("the VTN's certificate is not accepted") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # its own text may hold what was sent
            problem = f"the VTN cannot be reached: {type(error).__name__}"
            raise AnswerTimeoutError(problem) from None

    async def _exchange(
        self, session: aiohttp.ClientSession, method: str, url: str, **more: Any
    ) -> _Answer:
        async with session.request(method, url, allow_redirects=False, **more) as answer:
            self._note_time(answer.headers.get("Date"))
            body = bytearray()
            async for part in answer.content.iter_any():
                body += part
                if len(body) > _LARGEST:
                    raise LimitError(f"the VTN answers more than {_LARGEST} octets")
            return _Answer(answer.status, bytes(body))

    def _note_time(self, date: str | None) -> None:
        try:
            told = None if date is None else parsedate_to_datetime(date)
        except ValueError:
            told = None
        self.skew = None if told is None else told.timestamp() - self._clock.utc()


def _check(answer: _Answer, problem: str) -> None:
    if answer.status in _REFUSED:
        raise RefusedError(problem)
    if answer.status != _GOOD:
        raise MalformedAnswerError(problem)


def _parsed(answer: _Answer, what: str) -> Any:
    try:
        return parse(answer.body, _LARGEST)
    except DecodeError as error:
        raise MalformedAnswerError(f"{what}: {error}") from None
