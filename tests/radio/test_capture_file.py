"""Recorded frames as a capture file, read by other code than that which writes it."""

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.radio.capture_file import capture_file
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.heard import Heard
from sebridge.radio.radio import NetworkState, Outgoing
from sebridge.radio.zdo_server import MAINS_POWERED, node_descriptor
from tests.radio.capture import packets
from tests.radio.simulated_air import METER, METERING, SE

OURS = Eui64.parse("0e:5e:b1:00:00:00:00:01")
REPORT = bytes.fromhex("18010a00002501000000000000")
NETWORK = NetworkState(
    joined=True,
    address=OURS,
    nwk=0,
    pan_id=0x5EB1,
    extended_pan_id=Eui64(1),
    channel=15,
    kind="simulated",
    node=node_descriptor(),
    power=MAINS_POWERED,
)


def recorder() -> FrameRecorder:
    recorder = FrameRecorder(VirtualClock())
    recorder.record(None)
    return recorder


def test_what_came_in_has_all_headers_and_how_it_was_heard() -> None:
    record = recorder()
    frame = Heard(0x1234, SE, METERING, 9, 0x5E, REPORT, encrypted=True, lqi=200, rssi=-60)
    record.heard(METER, 0x1234, frame)

    [packet] = packets(capture_file(record.since(0), NETWORK, {1: "encrypted"}))

    assert packet == {
        "time": VirtualClock().utc(),
        "direction": 1,
        "comment": "encrypted",
        "checksum": b"\0",
        "channel": 15,
        "rssi": -60.0,
        "lqi": 200,
        "wants_acknowledgement": True,
        "pan_id": 0x5EB1,
        "destination": 0,
        "source": 0x1234,
        "is_broadcast": False,
        "destination_endpoint": 0x5E,
        "cluster_id": METERING,
        "profile_id": SE,
        "source_endpoint": 9,
        "data": REPORT,
        "destination_address": str(OURS),
        "source_address": str(METER),
    }


def test_what_went_out_has_them_the_other_way_round() -> None:
    record = recorder()
    record.sent(METER, 0x1234, Outgoing(METER, SE, METERING, 0x5E, 9, REPORT), broadcast=False)

    [packet] = packets(capture_file(record.since(0), NETWORK, {}))

    assert (packet["direction"], packet["comment"]) == (2, "")
    assert (packet["source"], packet["destination"]) == (0, 0x1234)
    assert (packet["source_address"], packet["destination_address"]) == (str(OURS), str(METER))
    assert (packet["source_endpoint"], packet["destination_endpoint"]) == (0x5E, 9)
    assert (packet["rssi"], packet["lqi"]) == (None, None)


def test_broadcasts_are_for_everybody() -> None:
    record = recorder()
    away = Outgoing(Broadcast.LISTENING, SE, METERING, 0x5E, 0xFF, REPORT)
    record.sent(None, Broadcast.LISTENING, away, broadcast=True)
    record.heard(None, 0x1234, Heard(0x1234, SE, METERING, 9, 0xFF, REPORT, broadcast=True))

    out, came = packets(capture_file(record.since(0), NETWORK, {}))

    assert (out["destination"], came["destination"]) == (0xFFFD, 0xFFFF)
    assert all(packet["is_broadcast"] for packet in (out, came))
    assert not any(packet["wants_acknowledgement"] for packet in (out, came))
    assert not any("destination_address" in packet for packet in (out, came))
    assert "source_address" not in came  # whose network address it is, nobody knew


def test_files_may_stand_one_behind_the_other() -> None:
    record = recorder()
    for length in range(3, 9):  # every padding
        record.heard(METER, 0x1234, Heard(0x1234, SE, METERING, 9, 0x5E, bytes(length)))
    frames = record.since(0)

    whole = capture_file(frames[:2], NETWORK, {1: "a"}) + capture_file(frames[2:], NETWORK, {})

    assert [len(packet["data"]) for packet in packets(whole)] == [3, 4, 5, 6, 7, 8]


def test_a_file_without_frames_is_one() -> None:
    assert packets(capture_file([], NETWORK, {})) == []
