"""Requests for what the gateway was told to be: its configuration, certificates and tokens."""

from collections.abc import Callable, Sequence

import msgspec

from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.settings.shown import ShownOption


class GetConfigurationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All keys of the configuration, as they hold since the start."""

    options: Sequence[ShownOption]


class InstalledCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that the gateway has. Nothing in it is secret; its key is not in here.

    `purpose` is the key of the configuration that names its file. Times are in ISO 8601; where the
    certificate has none, they are null. `fingerprint` is the SHA-256 of its octets, in hex.
    `suite` is that of key establishment, 1 or 2. `problem` says why a file cannot be read; there
    is nothing else then.
    """

    purpose: str
    subject: str = ""
    issuer: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    fingerprint: str = ""
    suite: int | None = None
    problem: str | None = None


class ListCertificatesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The certificates of key establishment first, then those of HTTP and of the broker."""

    certificates: Sequence[InstalledCertificate]


class TokenName(msgspec.Struct, frozen=True, kw_only=True):
    """Who may come in by HTTP, and what for. The token itself is kept nowhere."""

    name: str
    scope: str


class ListTokensResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of the configuration."""

    tokens: Sequence[TokenName]


class ConfigurationMethods:
    """Look at the configuration and what belongs to it; it is changed in its file."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        options: Callable[[], Sequence[ShownOption]],
        certificates: Callable[[], Sequence[InstalledCertificate]],
        tokens: Callable[[], Sequence[TokenName]],
    ) -> None:
        self._options = options
        self._certificates = certificates
        self._tokens = tokens

    @method(scope=Scope.ADMIN)
    async def get_configuration(self) -> GetConfigurationResponse:
        """Return the configuration as it was read at the start, key by key; secrets are asterisks.

        Variables of the environment are in it. Of the registry it has what the file says: what was
        set by RPC since is in registry_configuration and in `help`.
        """
        return GetConfigurationResponse(options=self._options())

    @method(scope=Scope.READ)
    async def list_certificates(self) -> ListCertificatesResponse:
        """Return which certificates there are, of whom and until when, never their keys.

        Those of the simulated house are made when they are wanted first, and listed from then on.
        """
        return ListCertificatesResponse(certificates=self._certificates())

    @method(scope=Scope.ADMIN)
    async def list_tokens(self) -> ListTokensResponse:
        """Return the names and scopes of the tokens for HTTP; `sebridge token` makes one."""
        return ListTokensResponse(tokens=self._tokens())
