"""The section `http`: the HTTP server, who may come in, and how much of it one client may take."""

from collections.abc import Iterator
from pathlib import Path

from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.settings.declaration import AppOption, Problem, option, repeated, section
from sebridge.settings.homeassistant_address import HomeAssistantAccess
from sebridge.settings.kinds import (
    FILE,
    HOST,
    PORT,
    TOKEN_HASH,
    TRUTH,
    ListOf,
    number,
    text,
    whole,
    words,
)


@section
class WebTlsOptions:
    """What the HTTP server proves itself with: two files in PEM form."""

    certificate: Path = option(
        FILE,
        "file with the interface's certificate, and those between it and its authority",
        example="certificate.pem",
    )
    key: Path = option(
        FILE, "file with the key of that certificate, without a password", example="key.pem"
    )


@section
class TokenOptions:
    """Who may come in by HTTP. `hash` is the SHA-256 of the token, which is kept nowhere."""

    name: str = option(
        text(
            r"[A-Za-z0-9._-]{1,64}",
            "must be 1 to 64 of letters, digits and . _ -",
            "1 to 64 of letters, digits and . _ -",
        ),
        "what the log calls its owner",
        example="head-end",
        app=AppOption("Name", "What the log calls its owner."),
    )
    scope: str = option(
        words("read", "command", "admin"),
        "what its owner may do: read, command or admin",
        example="command",
        app=AppOption("Scope", "What its owner may do."),
    )
    hash: Secret = option(
        TOKEN_HASH,
        "as `sebridge token` prints it",
        example="c67785f6472d07f24e6df1977cc2612e878ff27526ec161c6d38d28355a92a7e",
        app=AppOption(
            "Token",
            "32 random characters or more. The bridge is given its hash alone.",
            key="token",
            takes="password",
        ),
    )


@section
class IngressOptions:
    """Home Assistant's users, who come through its Supervisor and need no token."""

    address: str = option(
        HOST,
        "the Supervisor's on the network of its apps; what says so from elsewhere is refused",
        default="172.30.32.2",
    )
    scope: str = option(
        words("read", "command", "admin"),
        "what administrators of Home Assistant may do: read, command or admin",
        default="admin",
    )
    others_scope: str = option(
        words("off", "read", "command", "admin"),
        "what its other users may do: the same, or off, which refuses them",
        default="read",
    )
    homeassistant: HomeAssistantAccess | None = option(
        HomeAssistantAccess,
        "says who its administrators are, to the token of one; without a value: all users are taken"
        " for such",
        default=None,
    )


@section
class WebLimits:
    """How much the HTTP server takes from one client, and from all."""

    body: int = option(whole(1_024, 16 * 1_048_576), "octets of a request", default=262_144)
    requests_per_minute: int = option(
        whole(1, 1_000_000), "of each token; without tokens of each address", default=600
    )
    failed_sign_ins_per_minute: int = option(
        whole(1, 10_000), "of each address; a right token is always let in", default=10
    )
    connections: int = option(whole(1, 10_000), "at the same time, of all clients", default=100)
    connections_per_address: int = option(
        whole(1, 10_000),
        "of them from one address; behind a proxy all have the same",
        default=75,
    )
    patience: float = option(
        number(1, 3_600),
        "seconds that a request may take to arrive, and that an idle connection is kept",
        default=20.0,
    )
    write_timeout: float = option(
        number(1, 3_600),
        "seconds in which a client must have taken an answer",
        default=60.0,
    )


@section
class HttpOptions:
    """The HTTP server."""

    host: str = option(
        HOST,
        "address to listen on; any but this machine's own needs tokens",
        default="127.0.0.1",
    )
    port: int = option(PORT, "the TCP port", default=8480)
    tls: WebTlsOptions | None = option(
        WebTlsOptions,
        "without a value: not encrypted",
        default=None,
        app=AppOption(
            "Encrypt HTTP",
            "With the certificate of Home Assistant: fullchain.pem and privkey.pem in the folder"
            " ssl. The page in the side bar needs it to be off.",
        ),
    )
    tokens: tuple[TokenOptions, ...] = option(
        ListOf(TokenOptions),
        "who may come in; without any: everybody on this machine may read, and nothing else",
        default=(),
        app=AppOption(
            "Tokens for HTTP",
            "Who may come in by HTTP. Without any nobody may. The port is opened under Network.",
        ),
    )
    console: bool = option(TRUTH, "whether there is a web console at /", default=True)
    ingress: IngressOptions | None = option(
        IngressOptions,
        "without a value: nobody comes from Home Assistant",
        default=None,
        app=(
            AppOption(
                "Scope in the side bar",
                "What administrators of Home Assistant may do in the console in its side bar:"
                " read, command or admin. Without a value, admin.",
                key="http_ingress_scope",
                entry="scope",
                takes="list(read|command|admin)",
                optional=True,
            ),
            AppOption(
                "Scope of other users in the side bar",
                "What its users may do there who are no administrators: off (nothing at all), read,"
                " command or admin. Without a value, read.",
                key="http_ingress_others_scope",
                entry="others_scope",
                takes="list(off|read|command|admin)",
                optional=True,
            ),
        ),
    )
    limits: WebLimits = option(WebLimits, "what one client may take", default=WebLimits())

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if not self.tokens and self.ingress is None and not is_loopback(self.host):
            yield (
                ("tokens",),
                f"are needed to listen on {self.host}, which other machines can reach",
            )
        yield from repeated("tokens", "name", [token.name for token in self.tokens])
