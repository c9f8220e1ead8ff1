"""A device as it is kept, and as an RPC caller sees it."""

from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Eui64
from sebridge.model.plain import from_plain, to_plain
from sebridge.model.row_codec import RowCodec
from sebridge.network.descriptors import Node_Desc_rsp, Power_Desc_rsp, Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice, device_record, is_other_kind

EUI64 = Eui64.parse("00:0d:6f:00:0a:00:00:01")
SIMPLE = Simple_Desc_rsp(
    status=0,
    nwk_addr=0x1A2B,
    endpoint_id=0x5E,
    profile_id=0x0109,
    device_id=0x0501,
    device_version=0,
    input_clusters=(0, 0x0702),
    output_clusters=(0x0700,),
)
COMPLETE = KnownDevice(
    eui64=EUI64,
    nwk=0x1A2B,
    name="Main meter",
    manufacturer="Ohm & Söhne",
    model="E1",
    active_endpoints=(0x5E, 2),
    node_descriptor=Node_Desc_rsp(
        status=0, nwk_addr=0x1A2B, logical_type=1, manufacturer_code=0x101E
    ),
    power_descriptor=Power_Desc_rsp(status=0x84, nwk_addr=0x1A2B),
    simple_descriptors={0x5E: SIMPLE, 2: Simple_Desc_rsp(status=0x83, nwk_addr=0x1A2B)},
)


@pytest.mark.parametrize("known", [COMPLETE, KnownDevice(eui64=EUI64)])
def test_a_known_device_survives_storage_and_its_plain_form(known: KnownDevice) -> None:
    rows = RowCodec[KnownDevice](KnownDevice)

    assert rows.read(rows.write(known)) == known
    assert from_plain(KnownDevice, to_plain(known)) == known


def test_the_record_shows_all_that_is_known() -> None:
    record = to_plain(device_record(COMPLETE, active=True))

    assert record["active"] is True
    assert record["addr_extended"] == "00:0d:6f:00:0a:00:00:01"
    assert record["addr_short"] == "1a2b"
    assert record["active_endpoints"] == [0x5E, 2]
    assert list(record["simple_descriptors"]) == ["endpoint_0x5E", "endpoint_0x02"]
    assert record["simple_descriptors"]["endpoint_0x5E"]["input_clusters"] == [0, 0x0702]
    assert record["power_descriptor"] == {"status": 0x84, "nwk_addr": 0x1A2B}
    assert record["node_type"] == 1
    assert record["manufacturer_id"] == 0x101E


@pytest.mark.parametrize(
    ("told", "is_other"),
    [
        (SIMPLE, False),
        (replace(SIMPLE, nwk_addr=5, input_clusters=(0,)), False),
        (replace(SIMPLE, device_id=0x0503), True),
        (replace(SIMPLE, profile_id=0x0104), True),
        (Simple_Desc_rsp(status=0x83, nwk_addr=0x1A2B), False),
        (None, False),
    ],
)
def test_another_kind_of_device_is_known_by_what_is_on_its_endpoints(
    told: Simple_Desc_rsp | None, *, is_other: bool
) -> None:
    now = replace(COMPLETE, simple_descriptors={} if told is None else {0x5E: told})

    assert is_other_kind(COMPLETE, now) is is_other


def test_a_device_that_was_never_seen_has_node_type_minus_one() -> None:
    assert to_plain(device_record(KnownDevice(eui64=EUI64), active=False)) == {
        "active": False,
        "addr_extended": "00:0d:6f:00:0a:00:00:01",
        "node_type": -1,
    }


def test_a_device_that_has_told_nothing_yet_has_no_node_type() -> None:
    assert to_plain(device_record(KnownDevice(eui64=EUI64, nwk=0x1A2B), active=True)) == {
        "active": True,
        "addr_extended": "00:0d:6f:00:0a:00:00:01",
        "addr_short": "1a2b",
    }


def test_an_endpoint_that_refused_to_tell_serves_nothing_and_is_not_asked_again() -> None:
    assert COMPLETE.is_complete
    assert COMPLETE.silent_endpoints == ()
    assert COMPLETE.endpoints == (SIMPLE,)
    assert COMPLETE.serves(0x0702)
    assert not COMPLETE.serves(0x0700)


def test_a_device_is_incomplete_until_every_endpoint_told_what_it_does() -> None:
    asked = KnownDevice(
        eui64=EUI64,
        active_endpoints=(1, 2),
        node_descriptor=COMPLETE.node_descriptor,
        power_descriptor=COMPLETE.power_descriptor,
        simple_descriptors={1: SIMPLE},
    )

    assert asked.silent_endpoints == (2,)
    assert not asked.is_complete
    assert not KnownDevice(eui64=EUI64).is_complete


def test_a_stranger_is_who_was_heard_of_and_nothing_more() -> None:
    heard_of = KnownDevice(eui64=EUI64, nwk=1)

    assert heard_of.is_stranger
    assert not replace(heard_of, added=True).is_stranger
    assert not replace(heard_of, active_endpoints=()).is_stranger
    assert not replace(heard_of, nwk=None).is_stranger  # only who was added is known without one
