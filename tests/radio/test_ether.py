"""Loss, delay, duplicates: chance from a seed, time from the clock."""

import asyncio

import pytest

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import Arrival, EtherNetwork
from sebridge.radio.radio import TxStatus
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.zdo import Relationship
from tests.radio.simulated_air import LINK_KEY, METERING, SE, eui64


class Ear:
    """A radio that writes down when it heard what."""

    def __init__(self, number: int, clock: VirtualClock) -> None:
        self.address = eui64(number)
        self.heard: list[tuple[float, bytes]] = []
        self.signals: list[tuple[int, int]] = []
        self.departed: list[Eui64] = []
        self.knows_key = True
        self._clock = clock
        self._start = clock.monotonic()

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        if self.knows_key:
            self.heard.append((self._clock.monotonic() - self._start, frame.data))
            self.signals.append((lqi, rssi))
        return self.knows_key

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        raise AssertionError(f"{device} came: {nwk:04x}, {arrival}; only coordinators are told")

    def left(self, device: Eui64) -> None:
        self.departed.append(device)

    def network_lost(self) -> None:
        self.departed.append(self.address)

    def rekey(self, key: Secret) -> None:
        raise AssertionError(f"{self.address} has another network key: {key}")

    def share(self, partner: Eui64, key: Secret) -> None:
        raise AssertionError(f"{partner} shares {key}")


class Field:
    """Some ears on an air."""

    def __init__(self, options: AirOptions, ears: int = 2) -> None:
        self.clock = VirtualClock()
        self.ether = Ether(self.clock, options)
        self.ears = [Ear(number, self.clock) for number in range(1, ears + 1)]
        for ear in self.ears:
            self.ether.attach(ear, ear.address & 0xFF)

    def frame(self, data: bytes = b"data", to: int = 2) -> AirFrame:
        return AirFrame(self.ears[0].address, 1, to, SE, METERING, 10, 94, data)

    async def send(self, frame: AirFrame) -> str:
        """Send and let time pass; return what became of it."""
        sending = asyncio.ensure_future(self.ether.send(frame))
        await self.clock.advance(10)
        error = sending.exception()
        return "acknowledged" if error is None else type(error).__name__


async def test_a_perfect_air_delivers_at_once() -> None:
    field = Field(AirOptions(delay=0))

    await field.ether.send(field.frame())

    assert field.ears[1].heard == [(0.0, b"data")]
    assert field.ears[0].heard == []


async def test_delays_spread_around_their_mean() -> None:
    field = Field(AirOptions(delay=0.02, seed=5))

    for number in range(200):
        await field.send(field.frame(bytes((number,))))

    delays = [when - 10 * n for n, (when, _) in enumerate(field.ears[1].heard)]
    assert len(delays) == 200
    assert 0.015 < sum(delays) / 200 < 0.025
    assert min(delays) < 0.01
    assert max(delays) > 0.04


async def test_the_same_seed_gives_the_same_day() -> None:
    options = AirOptions(loss=0.4, duplicates=0.2, delay=0.01, seed=42)
    days = []

    for _ in range(2):
        field = Field(options)
        outcomes = [await field.send(field.frame(bytes((n,)))) for n in range(60)]
        days.append((outcomes, field.ears[1].heard, field.ether.counters))

    assert days[0] == days[1]
    assert {"acknowledged", "DeliveryError"} == set(days[0][0])


async def test_another_seed_gives_another_day() -> None:
    days = []

    for seed in (1, 2):
        field = Field(AirOptions(delay=0.01, seed=seed))
        await field.send(field.frame())
        days.append(field.ears[1].heard)

    assert days[0] != days[1]


async def test_a_lost_frame_is_tried_again_three_times() -> None:
    field = Field(AirOptions(loss=1.0, delay=0))

    outcome = await field.send(field.frame())

    assert outcome == "DeliveryError"
    assert field.ether.counters.lost == 4
    assert field.ears[1].heard == []


async def test_most_frames_survive_some_loss() -> None:
    field = Field(AirOptions(loss=0.2, delay=0, seed=3))

    outcomes = [await field.send(field.frame(bytes((n,)))) for n in range(200)]

    assert outcomes.count("acknowledged") >= 198
    assert field.ether.counters.lost > 20


async def test_duplicates_arrive_after_the_frame() -> None:
    field = Field(AirOptions(duplicates=1.0, delay=0.01))

    await field.send(field.frame())

    assert [data for _, data in field.ears[1].heard] == [b"data", b"data"]
    assert field.ether.counters.duplicated == 1


async def test_a_duplicate_finds_nobody_who_has_gone_off_the_air() -> None:
    field = Field(AirOptions(duplicates=1.0, delay=0))

    await field.ether.send(field.frame())
    field.ether.detach(field.ears[1])
    await field.clock.settle()

    assert len(field.ears[1].heard) == 1


async def test_nobody_acknowledges_for_who_is_not_there() -> None:
    field = Field(AirOptions(delay=0))

    with pytest.raises(DeliveryError) as refusal:
        await field.ether.send(field.frame(to=3))

    assert refusal.value.tx_status == TxStatus.NO_ACK


async def test_who_cannot_decipher_does_not_acknowledge() -> None:
    field = Field(AirOptions(delay=0))
    field.ears[1].knows_key = False

    with pytest.raises(DeliveryError):
        await field.ether.send(field.frame())

    assert field.ether.counters.undecipherable == 1


async def test_a_broadcast_reaches_everybody_else() -> None:
    field = Field(AirOptions(delay=0), ears=5)

    field.ether.broadcast(field.frame(to=Broadcast.LISTENING))
    await field.clock.settle()

    assert [len(ear.heard) for ear in field.ears] == [0, 1, 1, 1, 1]


async def test_a_broadcast_is_not_tried_again() -> None:
    field = Field(AirOptions(loss=0.5, delay=0.01, seed=9), ears=101)

    field.ether.broadcast(field.frame(to=Broadcast.LISTENING))
    await field.clock.advance(1)

    heard = sum(len(ear.heard) for ear in field.ears)
    assert heard + field.ether.counters.lost == 100
    assert 30 < heard < 70


async def test_signals_are_believable_and_steady() -> None:
    field = Field(AirOptions(delay=0), ears=20)

    for ear in field.ears[1:]:
        for _ in range(20):
            await field.ether.send(
                AirFrame(ear.address, ear.address & 0xFF, 1, SE, METERING, 10, 94, b"")
            )

    by_sender = [field.ears[0].signals[start : start + 20] for start in range(0, 380, 20)]
    for signals in by_sender:
        strengths = [rssi for _, rssi in signals]
        assert -90 <= min(strengths) <= max(strengths) <= -35
        assert max(strengths) - min(strengths) <= 7
        assert all(0 <= lqi <= 255 for lqi, _ in signals)
    assert len({signals[0] for signals in by_sender}) > 10


async def test_a_sniffer_sees_every_frame_once() -> None:
    field = Field(AirOptions(loss=1.0, duplicates=1.0, delay=0))
    seen: list[AirFrame] = []
    field.ether.watch(seen.append)

    await field.send(field.frame())
    field.ether.broadcast(field.frame(to=Broadcast.LISTENING))

    assert [frame.broadcast for frame in seen] == [False, True]


async def test_who_takes_an_address_anew_keeps_it_when_the_other_goes() -> None:
    field = Field(AirOptions(delay=0))
    newcomer = Ear(3, field.clock)

    field.ether.attach(newcomer, 2)
    field.ether.detach(field.ears[1])
    await field.ether.send(field.frame(to=2))

    assert len(newcomer.heard) == 1


async def test_without_a_network_nobody_joins_and_nobody_is_missed() -> None:
    field = Field(AirOptions(delay=0))

    with pytest.raises(NotJoinedError, match="finds no network"):
        await field.ether.join(Ear(3, field.clock), LINK_KEY)
    field.ether.open_joining(60)
    field.ether.leave(field.ears[1])
    field.ether.expel(eui64(77))

    assert field.ether.nwk_of(eui64(2)) is None


async def test_a_network_that_is_not_there_grants_no_key() -> None:
    field = Field(AirOptions(delay=0))

    with pytest.raises(NotJoinedError):
        await field.ether.request_key(field.ears[0], field.ears[1].address)


async def test_an_end_device_is_in_the_table_of_its_parent_only() -> None:
    field = Field(AirOptions(), ears=3)
    coordinator, router, sleepy = field.ears
    field.ether.form(
        EtherNetwork.of(
            coordinator.address,
            pan_id=1,
            extended_pan_id=eui64(9),
            channel=11,
            network_key=Secret(bytes(16)),
        )
    )
    for nwk, ear in enumerate(field.ears):
        field.ether.attach(ear, nwk)
    field.ether.note_end_device(sleepy.address)

    tables = [
        [(one.device, one.relationship) for one in field.ether.neighbors(ear.address)]
        for ear in (coordinator, router)
    ]

    assert tables == [
        [(router.address, Relationship.SIBLING), (sleepy.address, Relationship.CHILD)],
        [(coordinator.address, Relationship.PARENT)],
    ]
    assert [len(field.ether.routes(ear.address)) for ear in (coordinator, router)] == [0, 1]
