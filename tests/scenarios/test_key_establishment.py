"""Devices of a house prove who they are, by virtual clock on the real ether."""

import asyncio
from collections.abc import AsyncIterator, Callable
import logging
from random import Random
from typing import Any

import msgspec
import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import address_octets
from sebridge.crypto.certificate_authority import ISSUER, new_authority
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, Suite
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.conversation import SUITES_ATTRIBUTE
from sebridge.features.keys.records import (
    KEY_ESTABLISHMENT_CLUSTER,
    InitiateKeyEstablishmentRequestRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.features.keys.session import JOINING_LIMIT
from sebridge.features.keys.signals import DeviceJoining, JoiningStep, KeyEstablishmentFailed
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.metering.signals import MeterRead
from sebridge.features.metering.simulated import DemandOnDisplay
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.network.link_keys import KeyKind
from sebridge.network.signals import DeviceRemoved, KeyEstablished
from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_network import Arrival
from sebridge.radio.radio import Incoming
from sebridge.settings.options import SecurityOptions
from sebridge.simulator.credentials import HouseCertificates, HouseSecurity
from sebridge.simulator.device import SimulatedDevice
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, SE_PROFILE, needs_link_key
from tests.api.home import (
    DISPLAY,
    LOAD_CONTROL,
    METER,
    Collections,
    Home,
    address,
    house_security,
    lose,
    proofs_of,
)

MakeHome = Callable[..., Home]
TERMINATE = KEY_ESTABLISHMENT_CLUSTER.command_id(TerminateKeyEstablishmentRecord, from_server=True)


@pytest.fixture
async def make_home(clock: VirtualClock) -> AsyncIterator[MakeHome]:
    homes: list[Home] = []

    def make(*kinds: str, collections: Collections | None = None, **more: Any) -> Home:
        kept = collections or Collections()
        house = more.pop("house", None) or house_security(kept)
        home = Home(clock, kinds, kept, house=house, **more)
        homes.append(home)
        return home

    yield make
    for home in homes:
        await home.stop()


def heard(home: Home, kind: type[Any]) -> list[Any]:
    found: list[Any] = []
    home.bus.listen(kind, found.append)
    return found


def exchanges(home: Home) -> list[Frame]:
    """Watch the frames of key establishment."""
    found: list[Frame] = []

    def watch(frame: AirFrame) -> None:
        if frame.cluster_id == KEY_ESTABLISHMENT and frame.profile_id:
            assert frame.lock is None
            found.append(Frame.parse(frame.data))

    home.ether.watch(watch)
    return found


def device_of(home: Home, kind: str) -> SimulatedDevice:
    (found,) = (d for d in home.house.household.devices.values() if d.eui64 == address(kind))
    return found


async def test_a_device_that_joins_has_a_key_of_both_certificates(make_home: MakeHome) -> None:
    home = make_home(METER)
    told, frames = heard(home, KeyEstablished), exchanges(home)

    await home.start()

    assert told == [KeyEstablished(address(METER), 1)]
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.ESTABLISHED
    commands = [(f.command_id, f.from_server) for f in frames if f.cluster_specific]
    assert commands == [(i, side) for i in range(3) for side in (False, True)]
    last = frames[-1]
    assert (last.cluster_specific, last.command_id, last.payload) == (False, 0x0B, b"\x02\x00")


async def test_everything_works_under_the_new_key(make_home: MakeHome, clock: VirtualClock) -> None:
    home = make_home(METER, DISPLAY, LOAD_CONTROL)
    readings = heard(home, MeterRead)
    secured: list[AirFrame] = []
    home.ether.watch(
        lambda f: secured.append(f) if needs_link_key(f.profile_id, f.cluster_id) else None
    )
    await home.start()
    secured.clear()

    created = await home.call(
        "create_price_event", record={"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
    )
    await clock.advance(minutes=5)

    assert {str(address(DISPLAY))} <= {d.lower() for d in created["device_list"]}
    (display,) = home.house.household.find(PriceOnDisplay).values()
    assert display.price == 0.25
    assert readings[-1].device == address(METER)
    established = {key.key for key in home.collections.kept["established_keys"].values()}
    with_gateway = [
        f for f in secured if 0 in {f.source_nwk, f.destination_nwk} and not f.broadcast
    ]
    assert with_gateway
    assert {f.lock.key for f in with_gateway if f.lock is not None} <= established
    assert all(f.lock is not None for f in with_gateway)


async def test_a_display_reads_the_meter_under_a_partner_key(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home(METER, DISPLAY)
    await home.start()

    await clock.advance(minutes=3)

    (watch,) = home.house.household.find(DemandOnDisplay).values()
    assert watch.power is not None
    assert watch.power > 0


async def test_a_device_of_another_authority_leaves_net_4(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    home = make_home(METER, DISPLAY, collections=kept, house=strange_meter(kept))
    failed = heard(home, KeyEstablishmentFailed)

    await home.start()
    await clock.advance(minutes=2)

    meter = device_of(home, METER)
    assert meter.has_left
    assert not meter.is_joined
    assert any(f.device == address(METER) and "issuer" in f.why for f in failed)
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.PRECONFIGURED
    assert home.gateway.trust_center.is_established(address(DISPLAY))


class Strange(HouseCertificates):
    """The certificates of a house, but one device has its own."""

    def __init__(self, others: HouseCertificates, device: Eui64, own: Credentials) -> None:
        self._others = others
        self._strange = (device, CertificateStore([own]))

    @override
    def of(self, device: Eui64) -> CertificateStore:
        strange, own = self._strange
        return own if device == strange else self._others.of(device)


def strange_meter(kept: Collections, issuer: bytes = b"ELSEWHER") -> HouseSecurity:
    """Return the certificates of a house whose meter brought its own, from somebody else."""
    made = new_authority(SUITE_1, Random(7), issuer).issue(address(METER), Random(8))
    security = house_security(kept)
    return msgspec.structs.replace(
        security, certificates=Strange(security.certificates, address(METER), made)
    )


async def test_each_step_of_joining_is_told_and_why_one_does_not_get_on(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    home = make_home(METER, DISPLAY, collections=kept, house=strange_meter(kept))
    told = heard(home, DeviceJoining)

    await home.start()
    await clock.advance(minutes=2)

    of_display = [one.step for one in told if one.device == address(DISPLAY)]
    of_meter = [one for one in told if one.device == address(METER)]
    assert of_display == [JoiningStep.JOINED, JoiningStep.INTERVIEWED, JoiningStep.COMPLETE]
    assert of_meter[0].step is JoiningStep.JOINED
    assert any(one.step is JoiningStep.FAILED and "issuer" in one.why for one in of_meter)
    assert of_meter[-1].step is JoiningStep.LEFT


async def test_who_only_pretends_to_be_of_the_authority_gets_no_key(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    home = make_home(METER, collections=kept, house=strange_meter(kept, ISSUER))
    failed, removed = heard(home, KeyEstablishmentFailed), heard(home, DeviceRemoved)

    await home.start()
    await clock.advance(minutes=20)

    assert len(failed) > 10
    assert {f.why for f in failed[:-1]} == {"the partner does not have the same key"}
    assert removed == [DeviceRemoved(address(METER))]
    assert "established_keys" not in kept.kept or not kept.kept["established_keys"]


async def test_a_frame_that_is_lost_ends_the_exchange_and_the_next_one_succeeds(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home(METER)
    lost = swallow(home, command_id=0x01)
    told, failed = heard(home, KeyEstablished), heard(home, KeyEstablishmentFailed)

    await home.start()
    await clock.advance(minutes=2)

    assert lost == [0x01]
    assert [f.device for f in failed] == [address(METER)]
    assert told == [KeyEstablished(address(METER), 1)]


def swallow(home: Home, command_id: int) -> list[int]:
    """Let the gateway not hear the first frame of that command."""
    lost: list[int] = []

    def is_lost(frame: Incoming) -> bool:
        if frame.cluster_id != KEY_ESTABLISHMENT or frame.data[2] != command_id or lost:
            return False
        lost.append(command_id)
        return True

    lose(home, is_lost)
    return lost


async def test_a_restart_keeps_the_keys_and_goes_on_counting(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    first = make_home(METER, collections=kept)
    await first.start()
    await clock.advance(minutes=30)
    await first.stop()
    before = kept.kept["established_keys"][address(METER)]

    second = make_home(METER, collections=kept)
    frames, readings = exchanges(second), heard(second, MeterRead)
    await second.start()
    await clock.advance(minutes=5)

    assert frames == []
    assert readings
    await second.stop()
    after = kept.kept["established_keys"][address(METER)]
    assert after.key == before.key
    assert after.sent > before.sent > 0
    assert after.heard > before.heard > 0


async def test_a_trust_centre_that_lost_its_keys_gets_new_ones_sec_5(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    first = make_home(METER, collections=kept)
    await first.start()
    await first.stop()
    kept.kept["established_keys"].clear()

    second = make_home(METER, collections=kept)
    told = heard(second, KeyEstablished)
    await second.start()
    await clock.advance(minutes=2)

    assert told == [KeyEstablished(address(METER), 1)]


async def test_a_device_that_does_not_finish_within_20_minutes_is_removed(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home(METER)
    never_answers(home)
    removed, failed = heard(home, DeviceRemoved), heard(home, KeyEstablishmentFailed)
    await home.start()
    await clock.advance(minutes=19)
    assert removed == []

    await clock.advance(minutes=1)

    assert removed == [DeviceRemoved(address(METER))]
    assert "20 minutes" in failed[-1].why
    assert not device_of(home, METER).is_joined


def never_answers(home: Home) -> None:
    """Let the gateway hear nothing of key establishment."""
    lose(home, lambda frame: frame.cluster_id == KEY_ESTABLISHMENT)


async def test_a_house_that_does_not_require_it_keeps_devices_with_preconfigured_keys(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home(METER, security=SecurityOptions(require_key_establishment=False))
    await home.start()

    await clock.advance(minutes=30)

    assert not home.gateway.key_trust.proof_required
    assert device_of(home, METER).is_joined


async def test_status_reports_are_signed_and_verified(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home(LOAD_CONTROL)
    reports = heard(home, EventStatusReported)
    await home.start()

    await home.call(
        "create_DRLC_event",
        record={"issuer_event_id": 9, "duration_in_minutes": 5, "event_control": 0},
    )
    await clock.advance(minutes=1)

    assert [report.signature_verified for report in reports] == [True, True]
    told = home.notifications("received_report_event_status")
    assert [parameters["signature_verified"] for parameters in told] == [True, True]


BOTH = (SUITE_1, SUITE_2)


@pytest.mark.parametrize(
    ("house", "gateway", "used"),
    [
        (BOTH, BOTH, 2),
        (BOTH, (SUITE_1,), 1),
        ((SUITE_1,), BOTH, 1),
        ((SUITE_2,), BOTH, 2),
        ((SUITE_2,), (SUITE_2,), 2),
    ],
)
async def test_the_strongest_suite_that_both_have_is_used(
    make_home: MakeHome,
    clock: VirtualClock,
    house: tuple[Suite, ...],
    gateway: tuple[Suite, ...],
    used: int,
) -> None:
    home = with_suites(make_home, house, gateway)
    told, readings = heard(home, KeyEstablished), heard(home, MeterRead)

    await home.start()
    await clock.advance(minutes=2)

    assert told == [KeyEstablished(address(METER), used)]
    assert readings


def with_suites(
    make_home: MakeHome, house: tuple[Suite, ...], gateway: tuple[Suite, ...], **more: Any
) -> Home:
    """Return a home with a meter whose certificates are of the same authorities as ours."""
    kept = Collections()
    ours = proofs_of(house_security(kept, gateway))
    forced_suite = more.pop("forced_by_house", None)
    theirs = house_security(kept, house, forced_suite=forced_suite)
    return make_home(METER, collections=kept, house=theirs, proofs=ours, **more)


@pytest.mark.parametrize("forced", [1, 2])
async def test_the_gateway_can_force_a_suite(make_home: MakeHome, forced: int) -> None:
    security = SecurityOptions(forced_suite=forced)
    home = with_suites(make_home, BOTH, BOTH, security=security)
    told = heard(home, KeyEstablished)

    await home.start()

    assert told == [KeyEstablished(address(METER), forced)]


async def test_a_forced_suite_is_used_with_a_partner_that_does_not_say_its_own(
    make_home: MakeHome,
) -> None:
    home = with_suites(make_home, BOTH, BOTH, forced_by_house=2)
    home.gateway.security.clusters.server.attributes.set(SUITES_ATTRIBUTE, 0)
    told = heard(home, KeyEstablished)

    await home.start()

    assert told == [KeyEstablished(address(METER), 2)]


async def test_without_a_common_suite_no_exchange_is_begun(make_home: MakeHome) -> None:
    home = with_suites(make_home, (SUITE_2,), (SUITE_1,))
    failed: list[KeyEstablishmentFailed] = []
    device_of(home, METER).bus.listen(KeyEstablishmentFailed, failed.append)
    frames = exchanges(home)

    await home.start()

    assert "no common suite" in failed[0].why
    assert [f.command_id for f in frames if f.cluster_specific] == []
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.PRECONFIGURED


async def test_an_exchange_of_a_suite_that_we_lack_is_terminated(make_home: MakeHome) -> None:
    home = with_suites(make_home, (SUITE_2,), (SUITE_1,), forced_by_house=2)
    told, frames = heard(home, KeyEstablished), exchanges(home)

    await home.start()

    begun, answered = [f for f in frames if f.cluster_specific][:2]
    assert (begun.command_id, begun.from_server) == (0x00, False)
    assert (answered.command_id, answered.from_server) == (TERMINATE, True)
    assert answered.payload[0] == TerminateStatus.UNSUPPORTED_SUITE
    assert told == []
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.PRECONFIGURED


async def test_a_report_is_not_signed_where_nobody_could_verify_it(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    """Signatures are of suite 1, and with suite 2 another certificate was shown."""
    kept = Collections()
    home = make_home(LOAD_CONTROL, collections=kept, house=house_security(kept, BOTH))
    reports = heard(home, EventStatusReported)
    await home.start()

    await home.call(
        "create_DRLC_event",
        record={"issuer_event_id": 9, "duration_in_minutes": 5, "event_control": 0},
    )
    await clock.advance(minutes=1)

    assert [report.signature_verified for report in reports] == [None, None]


async def test_no_secret_of_a_whole_exchange_is_logged(
    make_home: MakeHome, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home = make_home(METER, DISPLAY)

    await home.start()
    await clock.advance(minutes=3)

    kept = home.collections.kept
    secrets = [key.key for key in kept["established_keys"].values()]
    secrets += [
        house_security(home.collections).certificates.of(address(device)).find(SUITE_1).private_key
        for device in (METER, DISPLAY)
    ]
    secrets += kept["authorities"].values()
    assert len(secrets) > 4
    text = caplog.text + repr(kept)
    for secret in secrets:
        octets = secret.reveal()
        assert octets.hex() not in text
        assert repr(octets)[2:-1] not in text
        assert str(list(octets)) not in text


# ------------------------------------------------------------------ who stands in the way


class Replayer:
    """A node that takes every frame, and begins key establishment again and again.

    It shows a certificate that it has heard of another, with its own address in it, and says that
    it needs as long as can be said. It has no key for that, and does not need one to be waited for.
    """

    def __init__(self, home: Home, certificate: bytes, number: int) -> None:
        self.address = Eui64(0xBAD << 48 | number)
        self.begun = 0
        self._home = home
        self._nwk = 0x7000 + number
        self._identity = certificate.replace(
            address_octets(address(METER)), address_octets(self.address)
        )

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Acknowledge everything."""
        del frame, lqi, rssi
        return True

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        """Let others join."""

    def left(self, device: Eui64) -> None:
        """Let others leave."""

    def network_lost(self) -> None:
        """Never happens here."""

    def rekey(self, key: Secret) -> None:
        raise AssertionError(f"{self.address} has another network key: {key}")

    def share(self, partner: Eui64, key: Secret) -> None:
        """Want no key."""

    def announce(self) -> None:
        self._home.ether.attach(self, self._nwk)
        data = b"\x01" + self._nwk.to_bytes(2, "little") + bytes(self.address) + b"\x8e"
        self._home.ether.broadcast(AirFrame(self.address, self._nwk, 0xFFFD, 0, 0x0013, 0, 0, data))

    async def begin_for_ever(self) -> None:
        """Begin every second: as soon as there is room for somebody, it is taken."""
        while True:
            self.begun += 1
            record = InitiateKeyEstablishmentRequestRecord(
                key_establishment_suite=1,
                ephemeral_data_generate_time=254,
                confirm_key_generate_time=254,
                identity=self._identity,
            )
            octets = Frame(
                0x00, self.begun & 0xFF, record.serialize(), cluster_specific=True
            ).serialize()
            await self._home.ether.send(
                AirFrame(self.address, self._nwk, 0, SE_PROFILE, KEY_ESTABLISHMENT, 9, 0x5E, octets)
            )
            await self._home.clock.sleep(1.0)


async def test_who_replays_certificates_does_not_keep_a_meter_from_its_key(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    kept = Collections()
    house = house_security(kept)
    home = make_home(METER, collections=kept, house=house)
    certificate = house.of(address(METER)).own.find(SUITE_1).certificate.octets
    replayers = [Replayer(home, certificate, number) for number in range(4)]
    told, removed = heard(home, KeyEstablished), heard(home, DeviceRemoved)
    deaf = True
    lose(home, lambda frame: deaf and frame.cluster_id == KEY_ESTABLISHMENT)
    await home.start()
    deaf = False
    for replayer in replayers:
        replayer.announce()
    await clock.settle()
    attacks = [asyncio.ensure_future(replayer.begin_for_ever()) for replayer in replayers]
    begun = clock.monotonic()

    while not told and clock.monotonic() - begun < JOINING_LIMIT:
        await clock.advance(5)
    took = clock.monotonic() - begun
    for attack in attacks:
        attack.cancel()
    await clock.advance(minutes=21)

    assert told == [KeyEstablished(address(METER), 1)]
    assert took <= 60
    assert min(replayer.begun for replayer in replayers) >= took // 1
    assert address(METER) not in [signal.device for signal in removed]
    assert home.gateway.trust_center.is_established(address(METER))
