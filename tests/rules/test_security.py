"""Link-key security, rule by rule: SEC-1 to SEC-8, on the ether with certificates."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, RefusedError
from sebridge.gateway.pairing import pairing_with
from sebridge.network.link_keys import LinkKeys
from sebridge.network.signals import KeyEstablished
from sebridge.radio.ether import AirFrame
from sebridge.radio.key_ring import Lock
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from sebridge.zcl import identifiers
from sebridge.zcl.frame import DEFAULT_RESPONSE, READ_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import SE_PROFILE, needs_link_key
from sebridge.zcl.status import Status
from tests.api.home import DISPLAY, METER, Collections, Home, address, house_security

ZDO, HA_PROFILE = 0x0000, 0x0104
GATEWAY_NWK = 0


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a house whose meter and display have proved who they are."""
    kept = Collections()
    home = Home(clock, [METER, DISPLAY], kept, house=house_security(kept))
    await home.start()
    yield home
    await home.stop()


def device_of(home: Home, kind: str) -> SimulatedDevice:
    (found,) = (d for d in home.house.household.devices.values() if d.eui64 == address(kind))
    return found


def station_of(home: Home, kind: str) -> SimulatedRadio:
    station = device_of(home, kind).station
    assert isinstance(station, SimulatedRadio)
    return station


def forget_proof(home: Home, kind: str) -> None:
    """Lose of a device's keys the one that was established, as a database of yesterday would."""
    del home.collections.kept["established_keys"][address(kind)]


def watched(home: Home) -> list[AirFrame]:
    """Watch the ZCL frames between the gateway and its devices."""
    found: list[AirFrame] = []
    home.ether.watch(lambda f: found.append(f) if f.profile_id and not f.broadcast else None)
    return found


async def asks(home: Home, cluster_id: int, *, encrypted: bool) -> list[AirFrame]:
    """Let the display read attribute 0 of a cluster of the gateway; return what it hears."""
    question = Frame(READ_ATTRIBUTES, 0x42, b"\x00\x00", no_default_response=True)
    gateway = home.gateway.radio.network.address
    frames = watched(home)
    await sends(
        home, Outgoing(gateway, SE_PROFILE, cluster_id, 9, 0x5E, question.serialize(), encrypted)
    )
    return [f for f in frames if f.source == gateway and f.data[1] == 0x42]


async def sends(home: Home, frame: Outgoing) -> None:
    """Let the display send a frame, and time pass."""
    sending = device_of(home, DISPLAY).spawn(station_of(home, DISPLAY).send(frame), "send")
    await home.clock.advance(5)
    await sending


UNKNOWN = (0x0402, 0x070C, 0x0999)
"""Clusters of which the profile says nothing: one more reason for a key."""


@pytest.mark.parametrize(
    "cluster", [0x000A, 0x0015, 0x0019, 0x0025, *range(0x0700, 0x070C), 0xFC00, 0xFFFF, *UNKNOWN]
)
def test_sec_01_these_clusters_travel_under_a_link_key(cluster: int) -> None:
    assert needs_link_key(SE_PROFILE, cluster)
    assert not needs_link_key(HA_PROFILE, cluster)


@pytest.mark.parametrize("cluster", [0x0000, 0x0001, 0x0003, 0x0009, 0x0800])
def test_sec_01_the_network_key_is_enough_for_these_and_for_zdo(cluster: int) -> None:
    assert not needs_link_key(SE_PROFILE, cluster)
    assert not needs_link_key(ZDO, cluster)


async def test_sec_01_everything_of_smart_energy_is_encrypted_on_the_air(
    home: Home, clock: VirtualClock
) -> None:
    frames = watched(home)

    await home.call(
        "create_price_event", record={"issuer_event_id": 1, "price": 9, "duration_in_minutes": 9}
    )
    await clock.advance(minutes=5)

    assert frames
    for frame in frames:
        assert (frame.lock is not None) is needs_link_key(frame.profile_id, frame.cluster_id)


@pytest.mark.parametrize("cluster", [identifiers.TIME, *UNKNOWN])
async def test_sec_02_a_question_in_the_clear_is_answered_by_failure_in_the_clear(
    home: Home, cluster: int
) -> None:
    (answer,) = await asks(home, cluster, encrypted=False)

    frame = Frame.parse(answer.data)
    assert answer.lock is None
    assert (frame.command_id, frame.payload) == (DEFAULT_RESPONSE, bytes((0, Status.FAILURE)))


@pytest.mark.parametrize("cluster", UNKNOWN)
async def test_sec_01_the_gateway_asks_what_it_does_not_know_under_the_link_key(
    home: Home, cluster: int
) -> None:
    await home.call(
        "add_cluster",
        cluster_class="ZCL_Cluster",
        endpoint_id=0x5E,
        server_or_client=1,
        cluster_id=cluster,
    )
    frames = watched(home)

    await home.refused(
        "read_attributes",
        destination_address=str(address(METER)),
        destination_endpoint_id=9,
        source_endpoint_id=0x5E,
        cluster_id=cluster,
        server_or_client=0,
        record_list=[{"attribute_id": 0}],
    )

    (question, answer) = [f for f in frames if f.cluster_id == cluster]
    assert question.lock is not None
    assert answer.lock is not None


@pytest.mark.parametrize(
    ("cluster", "encrypted"),
    [(identifiers.TIME, True), (identifiers.BASIC, False), (identifiers.BASIC, True)],
)
async def test_sec_03_an_answer_is_encrypted_as_its_question_was(
    home: Home, cluster: int, *, encrypted: bool
) -> None:
    (answer,) = await asks(home, cluster, encrypted=encrypted)

    assert (answer.lock is not None) is encrypted


async def test_sec_04_a_preconfigured_key_does_not_count(home: Home) -> None:
    gateway = home.gateway
    forget_proof(home, DISPLAY)
    gateway.gate.statistics.not_established = 0

    answers = await asks(home, identifiers.TIME, encrypted=True)

    assert answers == []
    assert gateway.gate.statistics.not_established == 1


async def test_sec_04_nothing_secured_is_told_to_who_has_not_proved_himself(home: Home) -> None:
    forget_proof(home, METER)
    (meter,) = home.gateway.directory.servers(identifiers.METERING)

    with pytest.raises(DeliveryError, match="no key is established") as caught:
        await home.gateway.reporting.access.read(pairing_with(meter, identifiers.METERING), [0])

    assert caught.value.tx_status == TxStatus.SECURITY_FAIL
    assert home.gateway.directory.is_active(address(METER))


async def test_sec_05_a_frame_under_the_earlier_key_is_not_acknowledged(home: Home) -> None:
    gateway = home.gateway.radio.network.address
    meter = station_of(home, METER)
    await device_of(home, METER).sender.stop()  # so that nothing else comes meanwhile
    before = home.gateway.gate.statistics.received
    stale = AirFrame(
        meter.address,
        meter.network.nwk,
        GATEWAY_NWK,
        SE_PROFILE,
        identifiers.TIME,
        9,
        0x5E,
        b"\x00\x01\x00\x00\x00",
        Lock(link_key_of(meter.address)),
    )

    sending = device_of(home, METER).spawn(refused(home, stale), "send")
    await home.clock.advance(1)
    await sending

    assert home.gateway.gate.statistics.received == before
    assert gateway


async def refused(home: Home, frame: AirFrame) -> None:
    with pytest.raises(DeliveryError, match="no acknowledgement"):
        await home.ether.send(frame)


async def test_sec_05_a_device_that_is_not_understood_establishes_a_new_key(
    home: Home, clock: VirtualClock
) -> None:
    told: list[KeyEstablished] = []
    home.bus.listen(KeyEstablished, told.append)
    meter = device_of(home, METER)
    await meter.stop()
    await home.gateway.radio.forget(address(METER))
    forget_proof(home, METER)
    await home.gateway.manager.add(address(METER), link_key_of(address(METER)), 60)

    await meter.start()
    await clock.advance(minutes=1)

    assert told == [KeyEstablished(address(METER), 1)]


async def test_sec_06_a_partner_key_is_granted_if_both_have_established_keys(home: Home) -> None:
    display = station_of(home, DISPLAY)
    asking = device_of(home, DISPLAY).spawn(display.request_partner_key(address(METER)), "ask")
    await home.clock.advance(1)
    await asking

    assert display.is_established(address(METER))
    assert station_of(home, METER).is_established(address(DISPLAY))


async def test_sec_06_it_is_not_granted_for_one_with_a_preconfigured_key(home: Home) -> None:
    assert home.ether.network is not None
    home.ether.network.ring.forget(address(METER))

    asking = device_of(home, DISPLAY).spawn(_ask_in_vain(home), "ask")
    await home.clock.advance(1)
    await asking

    assert not station_of(home, DISPLAY).is_established(address(METER))


async def _ask_in_vain(home: Home) -> None:
    with pytest.raises(RefusedError, match="established no key"):
        await station_of(home, DISPLAY).request_partner_key(address(METER))


async def test_sec_07_events_are_sent_to_each_client_alone(home: Home) -> None:
    heard: list[AirFrame] = []
    home.ether.watch(lambda f: heard.append(f) if f.cluster_id == identifiers.PRICE else None)

    await home.call(
        "create_price_event", record={"issuer_event_id": 1, "price": 9, "duration_in_minutes": 9}
    )

    assert heard
    assert not any(frame.broadcast for frame in heard)


async def test_sec_08_frame_counters_go_on_after_a_restart(clock: VirtualClock) -> None:
    kept = Collections()
    first = Home(clock, [METER], kept, house=house_security(kept))
    frames = encrypted_by(first)
    await first.start()
    await clock.advance(minutes=10)
    await first.stop()
    highest = {source: max(frames[source]) for source in frames}

    second = Home(clock, [METER], kept, house=house_security(kept))
    later = encrypted_by(second)
    await second.start()
    await clock.advance(minutes=10)
    await second.stop()

    assert len(highest) == 2
    for source, last in highest.items():
        assert min(later[source]) > last
        assert len(set(later[source])) == len(later[source])


async def test_sec_08_no_frame_is_heard_twice_also_after_a_power_loss(
    clock: VirtualClock,
) -> None:
    """What was kept at that moment is all there is: nobody had the time to settle anything."""
    kept = Collections()
    home = Home(clock, [METER], kept, house=house_security(kept))
    frames = encrypted_by(home)
    await home.start()
    await clock.advance(minutes=10)
    on_disk = dict(kept.kept["established_keys"])
    await home.stop()

    counters = LinkKeys(on_disk).counters(address(METER))

    heard = frames[address(METER)]
    assert len(heard) > 10
    assert not any(counters.is_new(number) for number in heard)
    assert counters.is_new(max(heard) + 1)


def encrypted_by(home: Home) -> dict[object, list[int]]:
    """Watch the counters of the frames under established keys, by sender."""
    found: dict[object, list[int]] = {}

    def watch(frame: AirFrame) -> None:
        if frame.lock is not None and frame.lock.counter is not None:
            found.setdefault(frame.source, []).append(frame.lock.counter)

    home.ether.watch(watch)
    return found
