"""The section `openadr`: where a utility's VTN is, and what becomes of its events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sebridge.base.errors import ParameterError
from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.settings.declaration import Problem, option, section
from sebridge.settings.kinds import FILE, PASSWORD, TEXT, USER, WEB_ADDRESS, ListOf, text, whole

LEVELS: Final = 3
"""Levels of SIMPLE that shed load: 1 moderate, 2 high, 3 emergency. 0 is normal operation."""

_ALL_CLASSES: Final = 0x0FFF
_SCOPE: Final = text(
    r"[\x21\x23-\x5b\x5d-\x7e]+",
    "is no scope of OAuth2: it has a space, a quotation mark or another sign",
    "text without spaces and quotation marks",
)


def _one_for_each_level(given: tuple[int, ...]) -> tuple[int, ...]:
    if len(given) != LEVELS:
        raise ParameterError("", f"must have {LEVELS} numbers: of levels 1, 2 and 3")
    return given


@section
class SimpleOptions:
    """What the levels 1, 2 and 3 of SIMPLE ask of devices. Level 0 asks for nothing."""

    duty_cycle: tuple[int, ...] = option(
        ListOf(whole(0, 99), _one_for_each_level),
        "per cent of the time, or of the power, that devices may be on at each level",
        default=(75, 50, 0),
    )
    criticality: tuple[int, ...] = option(
        ListOf(whole(1, 15), _one_for_each_level),
        "criticality level of each; above 6 nobody can opt out",
        default=(1, 3, 6),
    )


@section
class OpenAdrOptions:
    """Prices and load control of a utility that speaks OpenADR 3: we are its VEN."""

    url: str = option(
        WEB_ADDRESS,
        "base address of the VTN, up to where /programs and /events begin",
        example="https://vtn.example.com/openadr3/3.1.0",
    )
    client_id: str | None = option(
        USER, "without a value: nobody need sign in there, as with public tariffs", default=None
    )
    client_secret: Secret | None = option(
        PASSWORD, "best as !secret openadr_secret", default=None, example="!secret openadr_secret"
    )
    token_url: str | None = option(
        WEB_ADDRESS,
        "where tokens are given; without a value: /auth/token of the VTN",
        default=None,
        example="https://login.example.com/token",
    )
    scopes: tuple[str, ...] = option(
        ListOf(_SCOPE),
        "scopes of OAuth2 that are asked for; without any: those that the client has anyway",
        default=(),
        example=("read_targets", "read_ven_objects"),
    )
    programs: tuple[str, ...] = option(
        ListOf(TEXT),
        "names or ids of the programs that count; without any: all that the VTN shows us",
        default=(),
        example=("ResTOU",),
    )
    targets: tuple[str, ...] = option(
        ListOf(TEXT),
        "targets that the VTN is asked for, such as a feeder or a group; without any: none",
        default=(),
        example=("group-17",),
    )
    poll: int = option(
        whole(10, 86_400),
        "seconds between two looks; chance makes it up to a tenth less or more",
        default=300,
    )
    ca: Path | None = option(
        FILE,
        "file with the authorities to trust; without a value: those of the system",
        default=None,
    )
    device_class: int = option(
        whole(1, 0xFFFF),
        "bits of the device classes that load control goes to, such as 0x0004 for water heaters",
        default=_ALL_CLASSES,
        shown=f"0x{_ALL_CLASSES:04X}",
    )
    limit_criticality: int = option(
        whole(1, 15),
        "criticality level of limits in watts; above 6 nobody can opt out",
        default=6,
    )
    simple: SimpleOptions = option(
        SimpleOptions, "what the levels of SIMPLE ask of devices", default=SimpleOptions()
    )

    def problems(self) -> Iterator[Problem]:
        """Yield half a sign-in, and addresses that would show a secret to others."""
        if (self.client_id is None) != (self.client_secret is None):
            yield ("client_id",), "and client_secret stand together, or neither does"
        for name, url in (("url", self.url), ("token_url", self.token_url)):
            if url is None:
                continue
            parts = urlsplit(url)
            is_heard = parts.scheme != "https" and not is_loopback(parts.hostname or "")
            if parts.username is not None:
                yield (name,), "must not hold credentials: use client_id and client_secret"
            elif parts.query or parts.fragment:
                yield (name,), "must not have a query or a fragment"
            elif self.client_id and is_heard:
                yield (name,), "must be https://, as the secret and the tokens go there"
