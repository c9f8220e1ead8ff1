"""The section `http` of the configuration: what its keys take, and the rules across them."""

import re
from typing import Any, Final

import voluptuous as vol

from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.settings.document import Scalar
from sebridge.settings.options import HttpOptions, TokenOptions, WebLimits, WebTlsOptions
from sebridge.settings.validators import (
    choice,
    each,
    number,
    path,
    section,
    single,
    text,
    truth,
    whole,
)


def _hash(value: Any) -> Secret:
    digits = single(value).text
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        # what stands here by mistake may be the token itself
        raise vol.Invalid("is not the 64 hex digits that `sebridge token` prints")
    return Secret(bytes.fromhex(digits))


def _check(options: HttpOptions) -> None:
    problems = []
    if not options.tokens and not is_loopback(options.host):
        problem = f"are needed to listen on {options.host}, which other machines can reach"
        problems.append(vol.Invalid(problem, path=["tokens"]))
    names: dict[str, int] = {}
    for place, token in enumerate(options.tokens):
        earlier = names.setdefault(token.name, place)
        if earlier != place:
            problem = f"is that of tokens[{earlier}]"
            problems.append(vol.Invalid(problem, path=["tokens", place, "name"]))
    if problems:
        raise vol.MultipleInvalid(problems)


_TLS: Final = section(
    {"certificate": path, "key": path}, WebTlsOptions, needed=("certificate", "key")
)
_TOKEN: Final = section(
    {
        "name": text(r"[A-Za-z0-9._-]{1,64}", "must be 1 to 64 of letters, digits and . _ -"),
        "scope": choice("read", "command", "admin"),
        "hash": _hash,
    },
    TokenOptions,
    needed=("name", "scope", "hash"),
)
_LIMITS: Final = section(
    {
        "body": whole(1_024, 16 * 1_048_576),
        "requests_per_minute": whole(1, 1_000_000),
        "failed_sign_ins_per_minute": whole(1, 10_000),
        "connections": whole(1, 10_000),
        "patience": number(1, 3_600),
    },
    WebLimits,
)
_HTTP: Final = section(
    {
        "host": text(r"[^\s\x00/]+", "is not a host name or an address"),
        "port": whole(1, 65_535),
        "tls": _TLS,
        "tokens": each(_TOKEN),
        "limits": _LIMITS,
    },
    HttpOptions,
    _check,
)


def http_door(value: Any) -> HttpOptions | None:
    """`http: true` opens the door with the defaults, `http: false` leaves it shut."""
    if isinstance(value, Scalar):
        return HttpOptions() if truth(value) else None
    made: HttpOptions = _HTTP(value)
    return made
