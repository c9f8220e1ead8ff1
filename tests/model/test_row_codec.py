"""What is read from a row equals what was written to it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
import enum
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from hypothesis import given, strategies as st
import pytest
from zigpy.zdo.types import NodeDescriptor, SizePrefixedSimpleDescriptor

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.load_control.records import EventStatus
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.row_codec import RowCodec
from sebridge.model.values import ABSENT, Absent

R = TypeVar("R")
LINK_KEY = Secret(bytes(range(16)))
METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")


class Colour(enum.Enum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    device: Eui64
    key: Secret | None = None
    verified: bool = False
    note: str | Absent = ABSENT


@dataclass(frozen=True)
class Held(Generic[R]):
    record: R
    history: tuple[R, ...] = ()
    source: Hashable = None
    age: float = 0.0
    written: bool = field(init=False, default=False)


PRICE = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=1250)
SHORT_PRICE = PublishPriceRecord.deserialize(PRICE.serialize()[:34])[0]  # an older peer's

EXAMPLES = [
    pytest.param(bool, True, id="truth"),
    pytest.param(int, -5, id="number"),
    pytest.param(str, "7 °C \ud800 \x00", id="any text"),
    pytest.param(bytes, b"\x00\xff", id="octets"),
    pytest.param(float, 0.1, id="fraction"),
    pytest.param(None, None, id="nothing"),
    pytest.param(Literal["a", "b"], "b", id="literal"),
    pytest.param(Colour, Colour.RED, id="enumeration"),
    pytest.param(EventStatus, EventStatus.OPTED_OUT, id="ZigBee enumeration"),
    pytest.param(Eui64, METER, id="64-bit address"),
    pytest.param(NetworkAddress, NetworkAddress(0x00FE), id="16-bit address"),
    pytest.param(Secret, LINK_KEY, id="secret"),
    pytest.param(Key, Key(device=METER, key=LINK_KEY, verified=True), id="dataclass"),
    pytest.param(Key, Key(device=METER, note="here"), id="dataclass with what may be absent"),
    pytest.param(PublishPriceRecord, PRICE, id="record"),
    pytest.param(PublishPriceRecord, SHORT_PRICE, id="record with fields left off"),
    pytest.param(NodeDescriptor, NodeDescriptor(1, 64, 142, 4476, 82, 82, 11264, 82, 0), id="zdo"),
    pytest.param(
        SizePrefixedSimpleDescriptor,
        SizePrefixedSimpleDescriptor(1, 0x0109, 0x0501, 0, [0x0702], [0x0700, 0x0701]),
        id="zdo with lists",
    ),
    pytest.param(Held[int], Held(3, (1, 2)), id="generic dataclass"),
    pytest.param(
        Held[PublishPriceRecord],
        Held(PRICE, (SHORT_PRICE, PRICE), "here", 1.5),
        id="generic record",
    ),
    pytest.param(list[list[int]], [[1], [], [2, 3]], id="lists"),
    pytest.param(Sequence[str], ["a"], id="sequence"),
    pytest.param(tuple[int, str], (1, "1"), id="pair"),
    pytest.param(frozenset[int], frozenset({1, 2}), id="set"),
    pytest.param(dict[int, Key], {5: Key(device=METER)}, id="mapping"),
    pytest.param(Mapping[Eui64, float], {METER: 0.5}, id="mapping of addresses"),
    pytest.param(Any, {"a": [1, None, "x"]}, id="anything plain"),
]


@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
def test_a_value_comes_back_as_it_was(kind: Any, value: Any) -> None:
    codec = RowCodec[Any](kind)

    back = codec.read(codec.write(value))

    assert back == value
    assert type(back) is type(value)


def test_a_field_that_the_peer_left_off_stays_left_off() -> None:
    codec = RowCodec[PublishPriceRecord](PublishPriceRecord)

    back = codec.read(codec.write(SHORT_PRICE))

    assert back.serialize() == SHORT_PRICE.serialize()


@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.none()))
def test_a_union_is_read_as_the_member_that_was_written(value: object) -> None:
    codec = RowCodec[object](bool | int | float | str | None)

    back = codec.read(codec.write(value))

    assert back == value
    assert type(back) is type(value)


def test_text_that_looks_like_a_truth_value_or_a_number_stays_text() -> None:
    codec = RowCodec[object](bool | int | str)

    assert [codec.read(codec.write(text)) for text in ("true", "0x10")] == ["true", "0x10"]


def test_records_of_a_union_are_told_apart_by_their_fields() -> None:
    codec = RowCodec[object](PublishPriceRecord | Key)

    assert codec.read(codec.write(Key(device=METER))) == Key(device=METER)


UNREADABLE = [
    pytest.param(Key, "{", "", id="no JSON"),
    pytest.param(Key, "[" * 100_000, "", id="too deep"),
    pytest.param(Key, "[]", "", id="no object"),
    pytest.param(Key, "{}", "", id="missing field"),
    pytest.param(Key, '{"device":"00:00:00:00:00:00:00:00","colour":1}', "colour", id="unknown"),
    pytest.param(Key, '{"device":5}', "device", id="wrong type"),
    pytest.param(Held[Key], '{"record":{"device":5}}', "record.device", id="below"),
    pytest.param(Held[Key], '{"record":{}}', "record", id="missing below"),
    pytest.param(tuple[int, ...], '[1,"x"]', "[1]", id="item"),
    pytest.param(tuple[int, ...], "{}", "", id="no list"),
    pytest.param(tuple[int, int], "[1]", "", id="too short"),
    pytest.param(dict[int, int], "[]", "", id="no mapping"),
    pytest.param(dict[int, int], '{"1":"x"}', "1", id="entry"),
    pytest.param(dict[int, int], '{"x":1}', "key", id="key"),
    pytest.param(int | bool, '"x"', "", id="no member"),
    pytest.param(None, "1", "", id="not nothing"),
    pytest.param(PublishPriceRecord, '{"price":1}', "", id="incomplete record"),
]


@pytest.mark.parametrize(("kind", "text", "path"), UNREADABLE)
def test_a_row_of_another_shape_is_an_error_that_says_where(
    kind: Any, text: str, path: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        RowCodec[Any](kind).read(text)

    assert caught.value.path == path


def test_an_error_does_not_show_the_value() -> None:
    with pytest.raises(ParameterError) as caught:
        RowCodec[Any](Held[int]).read('{"record":"0a0b0c0d"}')

    assert "0a0b0c0d" not in str(caught.value)


@pytest.mark.parametrize(
    "kind", [Path, Held, list[Path], "text", Mapping[str, Path], type[int], int | Path]
)
def test_a_kind_that_cannot_be_stored_is_refused_at_once(kind: Any) -> None:
    with pytest.raises(TypeError):
        RowCodec[Any](kind)


def test_a_value_without_a_written_form_is_refused() -> None:
    with pytest.raises(TypeError, match="PosixPath cannot be stored"):
        RowCodec[Any](Any).write(Path("x"))
