"""What is read from a row equals what was written to it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
import enum
import json
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from hypothesis import given, strategies as st
import msgspec
import pytest

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.features.load_control.records import EventStatus
from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.data_types import Text, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.model.row_codec import RowCodec
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.settings.additions import AddedEndpoint
from sebridge.transports.mqtt.messages import Topic

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


class Shelf(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    record: R
    owner: str | None = None
    note: str | Absent = ABSENT


class Fruit(Record):
    weight: Uint8
    name: Text | None = None


class Basket(Record):
    size: Uint16
    fruits: tuple[Fruit, ...]


PRICE = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=1250)
SHORT_PRICE = PublishPriceRecord.deserialize(PRICE.serialize()[:34])  # an older peer's

EXAMPLES = [
    pytest.param(bool, True, id="truth"),
    pytest.param(int, -5, id="number"),
    pytest.param(str, "7 °C \x00", id="any text"),
    pytest.param(bytes, b"\x00\xff", id="octets"),
    pytest.param(float, 0.1, id="fraction"),
    pytest.param(None, None, id="nothing"),
    pytest.param(Literal["a", "b"], "b", id="literal"),
    pytest.param(Colour, Colour.RED, id="enumeration"),
    pytest.param(EventStatus, EventStatus.OPTED_OUT, id="enumeration of numbers"),
    pytest.param(Eui64, METER, id="64-bit address"),
    pytest.param(NetworkAddress, NetworkAddress(0x00FE), id="16-bit address"),
    pytest.param(Secret, LINK_KEY, id="secret"),
    pytest.param(Key, Key(device=METER, key=LINK_KEY, verified=True), id="dataclass"),
    pytest.param(Key, Key(device=METER, note="here"), id="dataclass with what may be absent"),
    pytest.param(PublishPriceRecord, PRICE, id="record"),
    pytest.param(PublishPriceRecord, SHORT_PRICE, id="record with fields left off"),
    pytest.param(Basket, Basket(size=2, fruits=(Fruit(weight=1), Fruit(weight=2))), id="items"),
    pytest.param(tuple[Fruit, ...], (Fruit(weight=1), Fruit(weight=2, name="x")), id="records"),
    pytest.param(Held[int], Held(3, (1, 2)), id="generic dataclass"),
    pytest.param(
        Held[PublishPriceRecord],
        Held(PRICE, (SHORT_PRICE, PRICE), "here", 1.5),
        id="generic record",
    ),
    pytest.param(Shelf[Fruit], Shelf(record=Fruit(weight=1)), id="generic struct"),
    pytest.param(Shelf[int], Shelf(record=1, owner="x", note="y"), id="struct"),
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
    pytest.param(Key, "{}", "device", id="missing field"),
    pytest.param(Key, '{"device":5}', "device", id="wrong type"),
    pytest.param(Held[Key], '{"record":{"device":5}}', "record.device", id="below"),
    pytest.param(Held[Key], '{"record":{}}', "record.device", id="missing below"),
    pytest.param(tuple[int, ...], '[1,"x"]', "[1]", id="item"),
    pytest.param(tuple[int, ...], "{}", "", id="no list"),
    pytest.param(tuple[int, int], "[1]", "", id="too short"),
    pytest.param(dict[int, int], "[]", "", id="no mapping"),
    pytest.param(dict[int, int], '{"1":"x"}', "1", id="entry"),
    pytest.param(dict[int, int], '{"x":1}', "", id="key"),
    pytest.param(int | bool, '"x"', "", id="no member"),
    pytest.param(None, "1", "", id="not nothing"),
    pytest.param(PublishPriceRecord, '{"price":1}', "duration_in_minutes", id="incomplete record"),
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


# ------------------------------------------------------------------ rows of other versions


def doubled(document: Any) -> Any:
    return document | {"weight": 2 * document["weight"]}


def test_a_row_of_an_older_version_is_upgraded_step_by_step() -> None:
    codec = RowCodec[Fruit](Fruit)

    value, unknown = codec.read_row('{"weight":3}', (doubled, doubled))

    assert (value, unknown) == (Fruit(weight=12), None)


def test_an_upgrade_that_meets_another_form_is_an_error_of_the_row() -> None:
    with pytest.raises(ParameterError, match=r"not readable \(KeyError\)"):
        RowCodec[Fruit](Fruit).read_row("{}", (doubled,))


def test_what_is_unknown_in_a_row_is_written_back() -> None:
    codec = RowCodec[Basket](Basket)
    text = '{"size":2,"fruits":[{"weight":1,"seeds":7},{"weight":2}],"handle":"long"}'

    basket, unknown = codec.read_row(text)
    turned = basket.replace(fruits=basket.fruits[::-1])

    assert unknown is not None
    assert codec.read(codec.write(turned, unknown)) == turned
    assert json.loads(codec.write(turned, unknown)) == {
        "size": 2,
        "fruits": [{"weight": 2, "name": None}, {"weight": 1, "name": None, "seeds": 7}],
        "handle": "long",
    }


def test_a_value_of_another_kind_than_the_row_has_nothing_unknown_in_it() -> None:
    codec = RowCodec[Any](dict[str, Fruit | int])
    _, unknown = codec.read_row('{"a":{"weight":1,"seeds":7},"b":5}')

    assert json.loads(codec.write({"a": 3, "c": 4}, unknown)) == {"a": 3, "c": 4}


def test_of_several_kinds_the_one_with_most_fields_of_the_row_is_read() -> None:
    codec = RowCodec[Any](Basket | Fruit | int)

    found = [codec.read(f'{{"weight":{weight},"seeds":7}}') for weight in (1, 2)]

    assert found == [Fruit(weight=1), Fruit(weight=2)]
    with pytest.raises(ParameterError, match="cannot be read"):
        codec.read('"text"')


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (str, '"\\ud800"'),
        (tuple[str, ...], '["\\udcff"]'),
        (float, "9" * 400),
        (
            AddedEndpoint,
            '{"endpoint_class":"E","endpoint_id":20,"device_version":9007199254740992}',
        ),
        (Peer, '{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":256,"profile_id":265}'),
        (Topic, '"a/#"'),
        (Hashable, "[1]"),
        (Hashable, "{}"),
    ],
)
def test_what_no_value_of_the_type_can_be_is_not_read(kind: Any, text: str) -> None:
    with pytest.raises(ParameterError):
        RowCodec(kind).read(text)
