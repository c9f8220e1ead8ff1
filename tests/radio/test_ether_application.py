"""The coordinator on the simulated air, seen by zigpy."""

from msgspec.structs import replace
import pytest
from zigpy.exceptions import NetworkNotFormed
import zigpy.types as t

from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_application import COORDINATOR, ether_application
from sebridge.radio.factory import zigpy_config
from sebridge.radio.fragments import Part
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.startup import keep_keys_out_of_logs
from sebridge.radio.zigpy_words import to_zigpy
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import LINK_KEY, METER, METERING, SE, Air, Ears, report


@pytest.fixture(autouse=True)
def _keys_are_kept_out_of_logs() -> None:
    """Begin as the start of a radio does, which these tests leave out."""
    keep_keys_out_of_logs()


async def test_a_network_is_formed_with_what_was_configured() -> None:
    ether = Ether(VirtualClock())
    options = RadioOptions(channel=25, pan_id=0x1A62, network_key=LINK_KEY)
    app = ether_application(ether)(zigpy_config(options, "simulated"))
    app.guard = NetworkGuard({})
    with pytest.raises(NetworkNotFormed):
        await app.load_network_info()

    await app.form_network()

    assert ether.network is not None
    assert ether.network.info.channel == 25
    assert ether.network.info.pan_id == 0x1A62
    assert ether.network.info.network_key.key.serialize() == LINK_KEY.reveal()
    await app.shutdown()


async def test_without_a_channel_a_quiet_one_is_looked_for() -> None:
    ether = Ether(VirtualClock())
    app = ether_application(ether)(zigpy_config(RadioOptions(), "simulated"))
    app.guard = NetworkGuard({})

    await app.form_network()

    assert ether.network is not None
    assert ether.network.info.channel in (11, 15, 20, 25)
    await app.shutdown()


async def test_the_network_is_there_after_a_restart(air: Air) -> None:
    network = air.ether.network
    await air.radio.stop()
    air.radio = air.new_radio()

    await air.radio.start(air.ears)

    assert air.ether.network is network
    assert air.gateway == COORDINATOR


async def test_a_network_that_was_reset_is_gone(air: Air) -> None:
    await air.application.reset_network_info()

    assert air.ether.network is None


async def test_zigpy_opens_the_network_for_a_key(air: Air) -> None:
    await air.application.permit_with_link_key(to_zigpy(METER), t.KeyData(LINK_KEY.reveal()), 60)

    await air.station().start(Ears())

    assert air.ether.network is not None
    assert air.ether.network.link_keys == {METER: Secret(LINK_KEY.reveal())}


async def test_zigpy_puts_a_device_out(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    app = air.application

    await app.force_remove(app.get_device(ieee=to_zigpy(METER)))

    assert ears.departures == [METER]


async def test_what_is_sent_to_a_group_reaches_nobody(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)

    await air.application.send_packet(
        t.ZigbeePacket(dst=t.AddrModeAddress(t.AddrMode.Group, t.Group(0x1234)))
    )
    await air.clock.settle()

    assert ears.frames == []


async def test_a_frame_encrypted_with_an_unregistered_key_is_not_taken(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    assert air.ether.network is not None
    air.ether.network.link_keys.clear()

    with pytest.raises(Exception, match="no acknowledgement"):
        await meter.send(report(air.gateway, encrypted=True))

    assert air.ears.zcl() == []
    assert (SE, METERING) not in {(f.profile_id, f.cluster_id) for f in air.ears.frames}


async def test_a_message_in_parts_is_heard_once_it_is_whole(air: Air) -> None:
    station = air.station()
    await air.join(station)
    frame = AirFrame(station.address, station.network.nwk, 0, SE, METERING, 0x0A, 0x5E, b"\x18\x01")

    await air.ether.send(replace(frame, part=Part(1, 0, 2)))
    before = len(air.ears.zcl())
    await air.ether.send(replace(frame, data=b"\x0a", part=Part(1, 1, 2)))

    assert before == 0
    assert [heard.data for heard in air.ears.zcl()] == [b"\x18\x01\x0a"]
