"""An XBee through the real zigpy-xbee over TCP: options, addresses and keys of each frame."""

import logging

import pytest

from sebridge.api.radio_settings import RadioMethods
from sebridge.base.addresses import Broadcast
from sebridge.base.errors import (
    ConfigError,
    DeliveryError,
    NotJoinedError,
    NotTakenError,
    ParameterError,
    RefusedError,
)
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.radio import NetworkPlan, Outgoing, TxStatus
from tests.patience import until
from tests.radio.simulated_air import (
    LINK_KEY,
    METER,
    METERING,
    PRICE,
    SE,
)
from tests.radio.xbee.radio import XBeeBench

METERS = f"{METER:016x}"


async def test_a_module_that_has_its_network_is_started(xbee: XBeeBench) -> None:
    await xbee.start()

    state = xbee.radio.network
    assert state.joined
    assert state.kind == "xbee"
    assert str(state.address) == "00:13:a2:00:41:51:c0:de"
    assert (state.nwk, state.pan_id, state.channel) == (0, 0x1A62, 15)
    assert (state.model, state.firmware) == ("XBee", "0x21a7")
    assert (state.node.logical_type, state.node.manufacturer_code) == (0, 0x101E)
    assert xbee.module.set["AO"] == b"\x0f"  # so that all ZDO questions come to us
    assert xbee.module.set["NJ"] == b"\x00"


FRAMES = [
    pytest.param(True, "20", id="encrypted"),
    pytest.param(False, "00", id="in the clear"),
]


@pytest.mark.parametrize(("encrypted", "options"), FRAMES)
async def test_a_frame_is_sent_with_its_options(
    xbee: XBeeBench, *, encrypted: bool, options: str
) -> None:
    await xbee.start()

    await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price", encrypted))

    assert [frame.hex() for frame in xbee.module.sent] == [
        f"{METERS}1234 5e 0a 0700 0109 00 {options}".replace(" ", "") + b"price".hex()
    ]


async def test_a_device_that_sleeps_is_given_the_extended_time_out(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.radio.remember(METER, 0x1234, is_sleepy=True)
    await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price", encrypted=True))

    await xbee.radio.forget(METER)
    xbee.radio.remember(METER, 0x1234)
    await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price", encrypted=True))

    assert [frame[17] for frame in xbee.module.sent] == [0x60, 0x20]


async def test_a_broadcast_is_sent_to_all(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.transmit_status = 0x2D  # broadcast with APS encryption: no error for broadcasts

    await xbee.radio.send(Outgoing(Broadcast.LISTENING, SE, PRICE, 0x5E, 0xFF, b"price"))

    sent = xbee.module.sent[0].hex()
    assert sent.startswith("000000000000fffd" + "fffd" + "5eff07000109")


FAILURES = [
    pytest.param(0x21, TxStatus.NO_ACK, False, id="the device does not acknowledge"),
    pytest.param(0x35, TxStatus.SECURITY_FAIL, False, id="no key"),
    pytest.param(0x32, TxStatus.NO_ROOM, True, id="no room"),
    pytest.param(0xBB, TxStatus.NO_ACK, False, id="not known"),
]


@pytest.mark.parametrize(("status", "tx_status", "is_refused"), FAILURES)
async def test_a_frame_that_is_not_delivered_fails_with_its_status(
    xbee: XBeeBench, status: int, tx_status: TxStatus, *, is_refused: bool
) -> None:
    await xbee.start()
    xbee.module.transmit_status = status

    with pytest.raises(DeliveryError, match=r"not delivered: .") as refusal:
        await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))

    assert refusal.value.tx_status == tx_status
    assert isinstance(refusal.value, NotTakenError) is is_refused


async def test_an_encrypted_report_of_a_stranger_arrives_with_both_addresses(
    xbee: XBeeBench,
) -> None:
    await xbee.start()

    await xbee.hear("91 0e5eb10000009999 4321 0a 5e 0702 0109 21 18010a")

    frame = xbee.ears.last
    assert str(frame.source) == "0e:5e:b1:00:00:00:99:99"
    assert (frame.source_nwk, frame.profile_id, frame.cluster_id) == (0x4321, SE, METERING)
    assert (frame.source_endpoint, frame.destination_endpoint) == (0x0A, 0x5E)
    assert frame.data == b"\x18\x01\x0a"
    assert frame.encrypted
    assert not frame.broadcast


async def test_a_report_of_a_known_meter_comes_past_the_library(
    xbee: XBeeBench, caplog: pytest.LogCaptureFixture
) -> None:
    await xbee.start()
    caplog.set_level(logging.DEBUG, "zigpy_xbee")

    await xbee.hear(f"91 {METERS} 1234 0a 5e 0702 0109 21 18017d")
    library_read = caplog.text
    await xbee.hear(f"91 {METERS} 5678 0a 5e 0702 0109 21 18027d")

    assert [(f.source, f.data[1:], f.encrypted) for f in xbee.ears.frames] == [
        (METER, b"\x01\x7d", True),
        (METER, b"\x02\x7d", True),
    ]
    assert "explicit_rx" not in library_read
    assert "explicit_rx" in caplog.text  # of the meter at its new address


async def test_a_broadcast_in_the_clear_arrives_as_one(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.hear(f"91 {METERS} 1234 0a 5e 0702 0109 02 18020a")

    assert xbee.ears.last.broadcast
    assert not xbee.ears.last.encrypted


async def test_a_sender_whom_the_module_does_not_know_is_asked(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.hear("91 ffffffffffffffff 4321 0a 5e 0702 0109 01 18030a")
    await until(lambda: xbee.module.sent)
    sequence = xbee.module.sent[0][18:19].hex()
    await xbee.hear(
        f"91 ffffffffffffffff 4321 00 00 8001 0000 01 {sequence} 00 99990000 00b15e0e 2143"
    )

    assert xbee.module.sent[0].hex()[:20] == "f" * 16 + "4321"
    assert [f.cluster_id for f in xbee.ears.frames] == [METERING, 0x8001]
    assert str(xbee.ears.frames[0].source) == "0e:5e:b1:00:00:00:99:99"


async def test_a_known_sender_is_enough_by_its_long_address(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.hear(f"91 {METERS} fffe 0a 5e 0702 0109 21 18040a")

    assert (xbee.ears.last.source, xbee.ears.last.source_nwk) == (METER, 0x1234)
    assert xbee.ears.last.encrypted
    assert xbee.module.sent == []


async def test_the_short_address_of_a_stranger_is_asked_for(xbee: XBeeBench) -> None:
    await xbee.start()

    xbee.module.receive(bytes.fromhex("91 0e5eb10000009999 fffe 0a 5e 0702 0109 21 18050a"))
    await until(lambda: xbee.module.sent)
    question = xbee.module.sent[0]
    answer = f"{question[18]:02x} 00 99990000 00b15e0e 2143"
    await xbee.hear(f"91 0e5eb10000009999 4321 00 00 8000 0000 01 {answer}")
    await until(lambda: len(xbee.ears.frames) == 2)

    assert question.hex()[24:32] == "00000000"  # cluster NWK_addr_req, profile 0
    report = xbee.ears.last
    assert (str(report.source), report.source_nwk) == ("0e:5e:b1:00:00:00:99:99", 0x4321)
    assert report.data == b"\x18\x05\x0a"


async def test_a_question_about_our_endpoints_is_answered(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.hear(f"91 {METERS} 1234 00 00 0005 0000 01 070000")
    await until(lambda: xbee.module.sent)

    assert (
        xbee.module.sent[0].hex().endswith("8005 0000 00 00 07 00 0000 02 5e 01".replace(" ", ""))
    )


async def test_a_link_key_is_registered_and_taken_back(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.radio.set_link_key(METER, LINK_KEY)
    await xbee.radio.forget(METER)

    key = LINK_KEY.reveal().hex()
    assert [frame.hex() for frame in xbee.module.keys] == [
        f"{METERS}fffe00{key}",
        f"{METERS}fffe00",
    ]


async def test_firmware_without_a_lifetime_for_keys_gets_them_too(xbee: XBeeBench) -> None:
    xbee.module.missing = {"KT"}
    await xbee.start()

    await xbee.radio.set_link_key(METER, LINK_KEY)

    assert len(xbee.module.keys) == 1


async def test_a_refused_link_key_is_an_error_that_does_not_show_it(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.registration_status = 0xB4

    with pytest.raises(DeliveryError, match="did not take the link key") as refusal:
        await xbee.radio.set_link_key(METER, LINK_KEY)

    assert LINK_KEY.reveal().hex() not in str(refusal.value)


async def test_the_network_is_opened_and_closed(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.radio.permit_joining(60)
    opened = xbee.module.set["NJ"]
    await xbee.radio.permit_joining(0)

    assert (opened, xbee.module.set["NJ"]) == (b"\x3c", b"\x00")


async def test_an_unplugged_module_is_noticed(xbee: XBeeBench) -> None:
    await xbee.start()

    xbee.module.unplug()
    await until(lambda: xbee.ears.reasons)

    assert not xbee.radio.network.joined
    with pytest.raises(DeliveryError, match="not connected"):
        await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))


async def test_a_module_that_refuses_a_register_does_not_start(xbee: XBeeBench) -> None:
    xbee.module.missing = {"AO"}

    with pytest.raises(NotJoinedError, match=r"socket://.*: the module does not take AO"):
        await xbee.start()


@pytest.mark.parametrize("register", ["MY", "SH", "VR", "OI", "CH"])
async def test_a_module_that_says_nothing_of_itself_does_not_start(
    xbee: XBeeBench, register: str
) -> None:
    xbee.module.registers[register] = b""

    with pytest.raises(ConfigError, match="does not answer as a radio of type xbee"):
        await xbee.start()


async def test_a_module_that_keeps_its_network_says_why(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.missing.add("NR")

    with pytest.raises(DeliveryError, match=r"does not give up its network: .* take NR"):
        await xbee.radio.leave()


async def test_a_key_that_the_gateway_established_is_refused_and_said_why(xbee: XBeeBench) -> None:
    await xbee.start()

    with pytest.raises(RefusedError, match="put the certificate into the module"):
        await xbee.radio.establish_link_key(METER, LINK_KEY, FrameCounters())

    assert xbee.module.keys == []


# ------------------------------------------------------------------ registers


async def test_a_register_is_read_as_a_number(xbee: XBeeBench) -> None:
    await xbee.start()

    assert await xbee.radio.at_command("ID", None) == 0xBEEF
    assert await xbee.radio.at_command("VR", None) == 0x21A7
    assert await xbee.radio.at_command("WR", None) is None


async def test_a_register_that_the_library_does_not_know_is_read_as_octets(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.registers["ZU"] = bytes(range(22))
    xbee.module.registers["Q1"] = b"\x01\x02"

    assert await xbee.radio.at_command("ZU", None) == bytes(range(22))
    assert await xbee.radio.at_command("Q1", None) == 0x0102


@pytest.mark.parametrize(
    ("command", "value", "written"),
    [
        ("ID", 0xBEEF, "000000000000beef"),
        ("NJ", 60, "3c"),
        ("ID", b"\x12\x34", "1234"),
        ("ZU", b"\x02\x00\xaa\xbb", "0200aabb"),
        ("ZT", 0, "00"),
        ("ZV", 0x0102, "0102"),
        ("NI", b"house", "686f757365"),
    ],
)
async def test_a_register_is_written_in_its_size(
    xbee: XBeeBench, command: str, value: int | bytes, written: str
) -> None:
    await xbee.start()

    assert await xbee.radio.at_command(command, value) is None
    assert xbee.module.set[command].hex() == written


@pytest.mark.parametrize(("command", "value"), [("NJ", 256), ("WR", 1)])
async def test_a_value_that_does_not_fit_is_refused(
    xbee: XBeeBench, command: str, value: int
) -> None:
    await xbee.start()

    with pytest.raises(ParameterError) as raised:
        await xbee.radio.at_command(command, value)

    assert raised.value.path == "value"


async def test_a_command_that_the_module_does_not_know_is_told(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.missing.add("ZU")

    with pytest.raises(ParameterError, match="does not know ZU") as raised:
        await xbee.radio.at_command("ZU", b"\x00")

    assert raised.value.path == "command"


async def test_a_module_that_is_gone_is_told_without_the_value(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.unplug()
    await until(lambda: bool(xbee.ears.reasons))

    with pytest.raises(DeliveryError) as raised:
        await xbee.radio.at_command("ZV", bytes.fromhex("c0ffee"))

    assert "c0ffee" not in str(raised.value)


async def test_the_commands_of_a_certificate_are_given_by_rpc(xbee: XBeeBench) -> None:
    await xbee.start()
    methods = RadioMethods(Untouched(), xbee.radio, lambda: 120, lambda _seconds: None)

    for command, value in (("ZU", "0200aabb"), ("ZT", "0300cc"), ("ZV", "04dd")):
        await methods.xbee_AT(command, value)
    await methods.xbee_AT("WR")

    told = {name: xbee.module.set[name].hex() for name in ("ZU", "ZT", "ZV")}
    assert told == {"ZU": "0200aabb", "ZT": "0300cc", "ZV": "04dd"}


class Untouched:
    """A network that nobody changes."""

    plan = NetworkPlan()

    async def change(self, **_values: object) -> None:
        raise AssertionError("nobody changes it")

    async def change_channel(self, channel: int | None = None) -> tuple[int, int]:
        raise AssertionError(f"nobody takes it to {channel}")

    async def change_network_key(self) -> int:
        raise AssertionError("nobody changes its key")

    async def leave(self) -> None:
        raise AssertionError("nobody leaves it")
