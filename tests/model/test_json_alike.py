"""Which types need no plain form on their way to JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import enum
from typing import Any, Literal

import msgspec
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.secret import Secret
from sebridge.model.data_types import Moment, Uint8
from sebridge.model.json_alike import is_alike
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent, JsonValue


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Inner:
    address: Eui64
    nwk: NetworkAddress
    colour: Colour = Colour.RED
    note: str | Absent = ABSENT


@dataclass(slots=True)
class Outer:
    items: Sequence[Inner]
    pair: tuple[int, float]
    time: Moment
    value: JsonValue
    nothing: int | None = None
    word: Literal["a", "b"] = "a"


class ARecord(Record):
    number: Uint8 | None = None


@dataclass
class WithRecord:
    record: ARecord


@dataclass
class WithAnything:
    value: Any


def test_what_is_alike_is_written_alike() -> None:
    inner = Inner(Eui64(5), NetworkAddress(6))
    outer = Outer(
        [inner, Inner(Eui64(7), NetworkAddress(8), note="n")], (1, 2.5), 7.5, [{"a": None}]
    )

    encoded = msgspec.json.encode(outer, enc_hook=to_plain)

    assert is_alike(Outer)
    assert msgspec.json.decode(encoded) == to_plain(outer)
    assert "note" not in msgspec.json.decode(encoded)["items"][0]


@pytest.mark.parametrize(
    "kind",
    [
        ARecord,
        WithRecord,
        WithAnything,
        bytes,
        Secret,
        Mapping[str, int],
        list[bytes],
        object,
        dict,
    ],
)
def test_what_is_written_in_another_way_or_may_be_is_not_alike(kind: Any) -> None:
    assert not is_alike(kind)
