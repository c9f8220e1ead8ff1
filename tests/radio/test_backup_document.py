"""Open coordinator backups: written, read back, and checked before a stick sees them."""

from collections.abc import Callable
import json
from typing import Any

import pytest

from sebridge.base.errors import DecodeError
from sebridge.radio.backup_document import MARGIN, keys_of, parsed, raised, read, with_addresses
from sebridge.radio.zigpy_words import from_zigpy
from tests.radio.backups import LINK_KEY, METER, NETWORK_KEY, backup, document

_LAST = 0xFFFFFFFF


def test_what_is_written_is_the_open_format_and_reads_back() -> None:
    written = json.loads(json.dumps(document()))

    again = read(written)

    assert written["metadata"]["format"] == "zigpy/open-coordinator-backup"
    assert written["metadata"]["version"] == 1
    assert written["network_key"] == {
        "key": NETWORK_KEY,
        "sequence_number": 3,
        "frame_counter": 500,
    }
    before = backup().network_info
    after = again.network_info
    assert again.is_compatible_with(backup())
    assert after.network_key.tx_counter == before.network_key.tx_counter
    assert after.nwk_addresses == before.nwk_addresses
    assert after.stack_specific == before.stack_specific
    assert keys_of(after) == {from_zigpy(METER): bytes.fromhex(LINK_KEY)}


def test_a_backup_of_zigbee2mqtt_is_read() -> None:
    written = document()
    written["metadata"]["internal"] = {"date": "2026-11-29T18:00:00.000Z", "znpVersion": 1}
    written["devices"][0]["nwk_address"] = "abc"
    del written["devices"][0]["is_child"]

    again = read(written)

    assert again.network_info.nwk_addresses == {METER: 0x0ABC}
    assert again.backup_time.year == 2026


def test_half_of_what_is_told_of_the_trust_centre_is_left_out() -> None:
    written = document()
    del written["metadata"]["internal"]["network"]["tc_address"]

    network = read(written).network_info

    assert network.tc_link_key.partner_ieee == backup().node_info.ieee


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda d: d["metadata"].update(format="other"),
    "a later version": lambda d: d["metadata"].update(version=2),
    "no key": lambda d: d.pop("network_key"),
    "a short key": lambda d: d["network_key"].update(key=NETWORK_KEY[:-2]),
    "a key that is no text": lambda d: d["network_key"].update(key=7),
    "a channel that there is not": lambda d: d.update(channel=27),
    "a counter without room": lambda d: d["network_key"].update(frame_counter=_LAST),
    "a negative counter": lambda d: d["devices"][0]["link_key"].update(tx_counter=-1),
    "an address that is none": lambda d: d.update(coordinator_ieee="0e5e"),
    "a router": lambda d: d["metadata"]["internal"]["node"].update(type="router"),
    "another short address": lambda d: d["metadata"]["internal"]["node"].update(nwk="0001"),
    "a device twice": lambda d: d["devices"].append(dict(d["devices"][0])),
    "too many devices": lambda d: d.update(devices=d["devices"] * 1001),
    "no time": lambda d: d["metadata"]["internal"].update(creation_time="yesterday"),
    "no network": lambda d: d.update(pan_id="FFFF"),
    "a seed that is none": lambda d: d["stack_specific"]["zstack"].update(tclk_seed="zz"),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_a_wrong_document_is_refused_without_showing_a_key(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    written = document()
    spoil(written)

    with pytest.raises(DecodeError) as raised_error:
        read(written)

    assert NETWORK_KEY[:8] not in str(raised_error.value)
    assert LINK_KEY[:8] not in str(raised_error.value)


@pytest.mark.parametrize("written", [None, [], "text", {}, {"metadata": []}])
def test_what_is_no_document_is_refused(written: Any) -> None:
    with pytest.raises(DecodeError, match="is no backup of a coordinator"):
        read(written)


def test_the_leave_to_burn_an_address_into_a_stick_is_not_taken_from_a_file() -> None:
    written = document()
    leave = "i_understand_i_can_update_eui64_only_once_and_i_still_want_to_do_it"
    written["stack_specific"] = {"ezsp": {leave: True, "hashed_tclk": "11" * 16}}

    again = read(written)

    assert again.network_info.stack_specific == {"ezsp": {"hashed_tclk": "11" * 16}}


@pytest.mark.parametrize("octets", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError, match="is not JSON"):
        parsed(octets)


def test_all_counters_go_on_ahead_of_the_highest() -> None:
    network = raised(backup(sent=500, link_sent=77)).network_info

    assert network.network_key.tx_counter == 500 + MARGIN
    assert network.tc_link_key.tx_counter == 77 + MARGIN
    assert [one.tx_counter for one in network.key_table] == [77 + MARGIN]


def test_counters_that_are_used_up_are_told() -> None:
    with pytest.raises(DecodeError, match="used up"):
        raised(backup(sent=_LAST - MARGIN + 1))


def test_addresses_that_the_stick_does_not_know_are_added_and_its_own_stay() -> None:
    other = type(METER).convert("00:0d:6f:00:0a:00:00:02")
    told = {METER: type(backup().node_info.nwk)(0x9999), other: type(backup().node_info.nwk)(2)}

    network = with_addresses(backup(), told).network_info

    assert network.nwk_addresses == {METER: 0x1234, other: 2}
