"""AF_INCOMING_MSG as octets: the common one is read, all others are left to the library."""

import pytest

from sebridge.radio.heard import Heard
from sebridge.radio.znp.frames import OVERHEAD, incoming
from tests.radio.lane_bench import KNOWN, REPORT
from tests.radio.znp.bench import PROFILES, framed, message


def test_a_report_is_read() -> None:
    octets = message()

    heard = incoming(bytearray(octets + b"\xfe\x00"), PROFILES)

    assert heard == Heard(
        KNOWN, 0x0109, 0x0702, 0x0A, 0x5E, REPORT, encrypted=True, broadcast=False, lqi=200
    )
    assert octets[1] + OVERHEAD == len(octets)


def test_the_profile_is_that_of_the_endpoint() -> None:
    heard = incoming(bytearray(message(DstEndpoint=0x01, SecurityUse=False)), PROFILES)

    assert heard is not None
    assert (heard.profile_id, heard.encrypted) == (0x0104, False)


@pytest.mark.parametrize("length", [0, 230])
def test_a_message_may_be_as_short_or_long_as_a_frame_holds(length: int) -> None:
    heard = incoming(bytearray(message(Data=bytes(length))), PROFILES)

    assert heard is not None
    assert heard.data == bytes(length)


WHOLE = message()
NOT_OURS = {
    "nothing": b"",
    "another start": b"\xfd" + WHOLE[1:],
    "a part": WHOLE[:-1],
    "a head alone": WHOLE[:21],
    "less than a head": WHOLE[:20],
    "a wrong checksum": WHOLE[:-1] + bytes((WHOLE[-1] ^ 1,)),
    "another command": framed(b"\x44\x80", WHOLE[4:-1]),
    "a group": message(GroupId=5),
    "a broadcast": message(WasBroadcast=True),
    "ZDO": message(DstEndpoint=0),
    "an endpoint that the library does not know": message(DstEndpoint=0x22),
    "a truth that is neither": framed(b"\x44\x81", WHOLE[4:14] + b"\x02" + WHOLE[15:-1]),
    "an octet too many": framed(b"\x44\x81", WHOLE[4:-1] + b"\x00"),
    "an octet too few": framed(b"\x44\x81", WHOLE[4:-2]),
    "more than a frame may hold": framed(
        b"\x44\x81", WHOLE[4:20] + b"\xe7" + bytes(231) + WHOLE[-4:-1]
    ),
}


@pytest.mark.parametrize("octets", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_common_is_left_to_the_library(octets: bytes) -> None:
    assert incoming(bytearray(octets), PROFILES) is None
