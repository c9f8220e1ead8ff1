"""An XBee through the real zigpy-xbee over TCP: options, addresses and keys of each frame."""

from collections.abc import AsyncIterator
import logging

import pytest

from sebridge.api.radio_settings import RadioMethods
from sebridge.base.addresses import Broadcast
from sebridge.base.clock import SystemClock
from sebridge.base.errors import (
    ConfigError,
    DeliveryError,
    NotJoinedError,
    ParameterError,
    RefusedError,
)
from sebridge.radio.factory import make_radio
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.radio import NetworkPlan, Outgoing
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from tests.patience import until
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    LINK_KEY,
    METER,
    METERING,
    PRICE,
    SE,
    SE_ENDPOINT,
    Ears,
)
from tests.radio.xbee_module import XBeeModule

METERS = f"{METER:016x}"


class Bench:
    """A module, the radio that drives it, and what was heard through it."""

    def __init__(self) -> None:
        self.module = XBeeModule()
        self.ears = Ears()
        self.radio: ZigpyRadio

    async def connect(self) -> None:
        options = RadioOptions(type="xbee", path=await self.module.start())
        self.radio = make_radio(options, [SE_ENDPOINT, HA_ENDPOINT], {}, SystemClock())

    async def start(self) -> None:
        await self.radio.start(self.ears)
        self.radio.remember(METER, 0x1234)
        self.module.sent.clear()

    async def hear(self, frame: str) -> None:
        """Let the module receive a frame, and wait until it has come through."""
        self.module.receive(bytes.fromhex(frame))
        before = self.radio.counters.received
        await until(lambda: self.radio.counters.received != before)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    await bench.connect()
    yield bench
    await bench.radio.stop()
    await bench.module.stop()


async def test_a_module_that_has_its_network_is_started(bench: Bench) -> None:
    await bench.start()

    state = bench.radio.network
    assert state.joined
    assert state.kind == "xbee"
    assert str(state.address) == "00:13:a2:00:41:51:c0:de"
    assert (state.nwk, state.pan_id, state.channel) == (0, 0x1A62, 15)
    assert (state.model, state.firmware) == ("XBee", "0x21a7")
    assert (state.node.logical_type, state.node.manufacturer_code) == (0, 0x101E)
    assert bench.module.set["AO"] == b"\x03"  # so that ZDO questions come to us
    assert bench.module.set["NJ"] == b"\x00"


FRAMES = [
    pytest.param(True, "20", id="encrypted"),
    pytest.param(False, "00", id="in the clear"),
]


@pytest.mark.parametrize(("encrypted", "options"), FRAMES)
async def test_a_frame_is_sent_with_its_options(
    bench: Bench, *, encrypted: bool, options: str
) -> None:
    await bench.start()

    await bench.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price", encrypted))

    assert [frame.hex() for frame in bench.module.sent] == [
        f"{METERS}1234 5e 0a 0700 0109 00 {options}".replace(" ", "") + b"price".hex()
    ]


async def test_a_broadcast_is_sent_to_all(bench: Bench) -> None:
    await bench.start()
    bench.module.transmit_status = 0x2D  # broadcast with APS encryption: no error for broadcasts

    await bench.radio.send(Outgoing(Broadcast.LISTENING, SE, PRICE, 0x5E, 0xFF, b"price"))

    sent = bench.module.sent[0].hex()
    assert sent.startswith("000000000000fffd" + "fffd" + "5eff07000109")


async def test_a_refused_frame_is_a_delivery_error(bench: Bench) -> None:
    await bench.start()
    bench.module.transmit_status = 0x21

    with pytest.raises(DeliveryError):
        await bench.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))


async def test_an_encrypted_report_of_a_stranger_arrives_with_both_addresses(bench: Bench) -> None:
    await bench.start()

    await bench.hear("91 0e5eb10000009999 4321 0a 5e 0702 0109 21 18010a")

    frame = bench.ears.last
    assert str(frame.source) == "0e:5e:b1:00:00:00:99:99"
    assert (frame.source_nwk, frame.profile_id, frame.cluster_id) == (0x4321, SE, METERING)
    assert (frame.source_endpoint, frame.destination_endpoint) == (0x0A, 0x5E)
    assert frame.data == b"\x18\x01\x0a"
    assert frame.encrypted
    assert not frame.broadcast


async def test_a_report_of_a_known_meter_comes_past_the_library(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.start()
    caplog.set_level(logging.DEBUG, "zigpy_xbee")

    await bench.hear(f"91 {METERS} 1234 0a 5e 0702 0109 21 18017d")
    library_read = caplog.text
    await bench.hear(f"91 {METERS} 5678 0a 5e 0702 0109 21 18027d")

    assert [(f.source, f.data[1:], f.encrypted) for f in bench.ears.frames] == [
        (METER, b"\x01\x7d", True),
        (METER, b"\x02\x7d", True),
    ]
    assert "explicit_rx" not in library_read
    assert "explicit_rx" in caplog.text  # of the meter at its new address


async def test_a_broadcast_in_the_clear_arrives_as_one(bench: Bench) -> None:
    await bench.start()

    await bench.hear(f"91 {METERS} 1234 0a 5e 0702 0109 02 18020a")

    assert bench.ears.last.broadcast
    assert not bench.ears.last.encrypted


async def test_a_sender_whom_the_module_does_not_know_is_asked(bench: Bench) -> None:
    await bench.start()

    await bench.hear("91 ffffffffffffffff 4321 0a 5e 0702 0109 01 18030a")
    await until(lambda: bench.module.sent)
    sequence = bench.module.sent[0][18:19].hex()
    await bench.hear(
        f"91 ffffffffffffffff 4321 00 00 8001 0000 01 {sequence} 00 99990000 00b15e0e 2143"
    )

    assert bench.module.sent[0].hex()[:20] == "f" * 16 + "4321"
    assert [f.cluster_id for f in bench.ears.frames] == [METERING, 0x8001]
    assert str(bench.ears.frames[0].source) == "0e:5e:b1:00:00:00:99:99"


async def test_a_question_about_our_endpoints_is_answered(bench: Bench) -> None:
    await bench.start()

    await bench.hear(f"91 {METERS} 1234 00 00 0005 0000 01 070000")
    await until(lambda: bench.module.sent)

    assert (
        bench.module.sent[0].hex().endswith("8005 0000 00 00 07 00 0000 02 5e 01".replace(" ", ""))
    )


async def test_a_link_key_is_registered_and_taken_back(bench: Bench) -> None:
    await bench.start()

    await bench.radio.set_link_key(METER, LINK_KEY)
    await bench.radio.forget(METER)

    key = LINK_KEY.reveal().hex()
    assert [frame.hex() for frame in bench.module.keys] == [
        f"{METERS}fffe00{key}",
        f"{METERS}fffe00",
    ]


async def test_firmware_without_a_lifetime_for_keys_gets_them_too(bench: Bench) -> None:
    bench.module.missing = {"KT"}
    await bench.start()

    await bench.radio.set_link_key(METER, LINK_KEY)

    assert len(bench.module.keys) == 1


async def test_a_refused_link_key_is_an_error_that_does_not_show_it(bench: Bench) -> None:
    await bench.start()
    bench.module.registration_status = 0xB4

    with pytest.raises(DeliveryError, match="did not take the link key") as refusal:
        await bench.radio.set_link_key(METER, LINK_KEY)

    assert LINK_KEY.reveal().hex() not in str(refusal.value)


async def test_the_network_is_opened_and_closed(bench: Bench) -> None:
    await bench.start()

    await bench.radio.permit_joining(60)
    opened = bench.module.set["NJ"]
    await bench.radio.permit_joining(0)

    assert (opened, bench.module.set["NJ"]) == (b"\x3c", b"\x00")


async def test_an_unplugged_module_is_noticed(bench: Bench) -> None:
    await bench.start()

    bench.module.unplug()
    await until(lambda: bench.ears.reasons)

    assert not bench.radio.network.joined
    with pytest.raises(DeliveryError, match="not connected"):
        await bench.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))


async def test_a_module_that_refuses_a_register_does_not_start(bench: Bench) -> None:
    bench.module.missing = {"AO"}

    with pytest.raises((ConfigError, NotJoinedError), match="socket://"):
        await bench.start()


async def test_a_key_that_the_gateway_established_is_refused_and_said_why(bench: Bench) -> None:
    await bench.start()

    with pytest.raises(RefusedError, match="put the certificate into the module"):
        await bench.radio.establish_link_key(METER, LINK_KEY, FrameCounters())

    assert bench.module.keys == []


# ------------------------------------------------------------------ registers


async def test_a_register_is_read_as_a_number(bench: Bench) -> None:
    await bench.start()

    assert await bench.radio.at_command("ID", None) == 0xBEEF
    assert await bench.radio.at_command("VR", None) == 0x21A7
    assert await bench.radio.at_command("WR", None) is None


async def test_a_register_that_the_library_does_not_know_is_read_as_octets(bench: Bench) -> None:
    await bench.start()
    bench.module.registers["ZU"] = bytes(range(22))
    bench.module.registers["Q1"] = b"\x01\x02"

    assert await bench.radio.at_command("ZU", None) == bytes(range(22))
    assert await bench.radio.at_command("Q1", None) == 0x0102


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
    bench: Bench, command: str, value: int | bytes, written: str
) -> None:
    await bench.start()

    assert await bench.radio.at_command(command, value) is None
    assert bench.module.set[command].hex() == written


@pytest.mark.parametrize(("command", "value"), [("NJ", 256), ("WR", 1)])
async def test_a_value_that_does_not_fit_is_refused(bench: Bench, command: str, value: int) -> None:
    await bench.start()

    with pytest.raises(ParameterError) as raised:
        await bench.radio.at_command(command, value)

    assert raised.value.path == "value"


async def test_a_command_that_the_module_does_not_know_is_told(bench: Bench) -> None:
    await bench.start()
    bench.module.missing.add("ZU")

    with pytest.raises(ParameterError, match="does not know ZU") as raised:
        await bench.radio.at_command("ZU", b"\x00")

    assert raised.value.path == "command"


async def test_a_module_that_is_gone_is_told_without_the_value(bench: Bench) -> None:
    await bench.start()
    bench.module.unplug()
    await until(lambda: bool(bench.ears.reasons))

    with pytest.raises(DeliveryError) as raised:
        await bench.radio.at_command("ZV", bytes.fromhex("c0ffee"))

    assert "c0ffee" not in str(raised.value)


async def test_the_commands_of_a_certificate_are_given_by_rpc(bench: Bench) -> None:
    await bench.start()
    methods = RadioMethods(Untouched(), bench.radio, lambda: 120, lambda _seconds: None)

    for command, value in (("ZU", "0200aabb"), ("ZT", "0300cc"), ("ZV", "04dd")):
        await methods.xbee_AT(command, value)
    await methods.xbee_AT("WR")

    told = {name: bench.module.set[name].hex() for name in ("ZU", "ZT", "ZV")}
    assert told == {"ZU": "0200aabb", "ZT": "0300cc", "ZV": "04dd"}


class Untouched:
    """A network that nobody changes."""

    plan = NetworkPlan()

    async def change(self, **_values: object) -> None:
        raise AssertionError("nobody changes it")

    async def leave(self) -> None:
        raise AssertionError("nobody leaves it")
