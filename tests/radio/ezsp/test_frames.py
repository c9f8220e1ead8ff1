"""incomingMessageHandler as octets: the common one is read, all others are left to the library."""

from importlib import import_module

import bellows.types
import pytest

from sebridge.radio.ezsp.frames import Layout, incoming, layout_of
from sebridge.radio.heard import Heard
from tests.radio.ezsp.bench import VERSIONS, header, message
from tests.radio.lane_bench import KNOWN, REPORT

ENCRYPTED = bellows.types.EmberApsOption.APS_OPTION_ENCRYPTION
FRAGMENT = bellows.types.EmberApsOption.APS_OPTION_FRAGMENT
KINDS = bellows.types.EmberIncomingMessageType


def layout(version: int = 13) -> Layout:
    protocol = getattr(import_module(f"bellows.ezsp.v{version}"), f"EZSPv{version}")
    _, _, fields = protocol.COMMANDS["incomingMessageHandler"]
    found = layout_of(version, fields)
    assert found is not None
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_a_report_is_read_in_every_version(version: int) -> None:
    heard = incoming(message(version), layout(version))

    assert heard == Heard(
        KNOWN, 0x0109, 0x0702, 0x0A, 0x5E, REPORT, encrypted=True, lqi=200, rssi=-60
    )


def test_a_message_may_be_in_the_clear_and_empty() -> None:
    heard = incoming(message(options=0, message=b""), layout())

    assert heard is not None
    assert (heard.data, heard.encrypted) == (b"", False)


@pytest.mark.parametrize("fields", [(), ("type", "apsFrame"), ("message",) * 10])
def test_fields_that_we_do_not_know_have_no_layout(fields: tuple[str, ...]) -> None:
    assert layout_of(20, fields) is None


NOT_OURS = {
    "nothing": b"",
    "a head alone": header(13, 0x45),
    "a part": message()[:-1],
    "an answer": message(control=0x80),
    "a callback that was fetched": message(control=0x88),
    "truncated": message(control=0x92),
    "another frame": header(13, 0x3F) + message()[5:],
    "its lower half alone": header(13, 0x0145) + message()[5:],
    "a reply": message(type=KINDS.INCOMING_UNICAST_REPLY),
    "a multicast": message(type=KINDS.INCOMING_MULTICAST),
    "a broadcast": message(type=KINDS.INCOMING_BROADCAST),
    "ZDO": message(endpoint=0),
    "a fragment": message(options=ENCRYPTED | FRAGMENT),
}


@pytest.mark.parametrize("octets", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_common_is_left_to_the_library(octets: bytes) -> None:
    assert incoming(octets, layout()) is None
