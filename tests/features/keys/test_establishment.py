"""Key establishment as a service: who may, how many at once, what is refused and tried again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.computing import at_once
from sebridge.base.errors import AnswerTimeoutError, RefusedError, SebridgeError, StorageError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import address_octets
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITE_1, SUITE_2
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.arithmetic import OwnArithmetic
from sebridge.features.keys.conversation import Agreed
from sebridge.features.keys.establishment import BUSY_WAIT, STORING
from sebridge.features.keys.records import (
    EphemeralDataRequestRecord,
    EphemeralDataResponseRecord,
    InitiateKeyEstablishmentRequestRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.features.keys.session import (
    ALLOWANCE,
    WAIT_TIME,
    Computed,
    Failed,
    NotComputed,
    Task,
)
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.network.link_keys import LinkKey
from sebridge.network.peer import Peer
from sebridge.network.signals import KeyEstablished
from sebridge.radio.radio import Incoming
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import SE_PROFILE
from tests.crypto.key_vectors import GATEWAY, METER, Scripted, credentials, store
from tests.features.keys.key_sides import End, Wire, incoming, raw

OTHER = Eui64.parse("00:13:50:05:00:00:00:03")

MakeEnd = Callable[..., End]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def end(wire: Wire, clock: VirtualClock) -> AsyncIterator[MakeEnd]:
    ends: list[End] = []

    def make(address: Eui64, own: CertificateStore | None = None, **rules: Any) -> End:
        made = End(wire, clock, address, own or store(address, SUITE_1), **rules)
        ends.append(made)
        return made

    yield make
    for made in ends:
        await made.stop()


async def soon(clock: VirtualClock, work: Awaitable[Any]) -> Any:
    """Return what comes of something that takes a moment."""
    running = asyncio.ensure_future(work)
    await clock.advance(STORING)
    return await running


def initiate(device: Eui64) -> InitiateKeyEstablishmentRequestRecord:
    return InitiateKeyEstablishmentRequestRecord(
        key_establishment_suite=1,
        ephemeral_data_generate_time=3,
        confirm_key_generate_time=6,
        identity=credentials(SUITE_1, device).certificate.octets,
    )


async def test_both_ends_have_the_same_key_and_know_each_others_public_one(
    end: MakeEnd, clock: VirtualClock, wire: Wire
) -> None:
    meter, gateway = end(METER), end(GATEWAY)

    agreed = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(agreed, Agreed)
    assert meter.keys[GATEWAY].key == gateway.keys[METER].key == agreed.link_key
    assert gateway.keys[METER].public_key == credentials(SUITE_1, METER).public_key
    assert meter.told == [KeyEstablished(GATEWAY, 1)]
    assert gateway.told == [KeyEstablished(METER, 1)]
    assert wire.commands() == [(i, side) for i in range(3) for side in (False, True)]
    assert wire.default_responses() == [(0x02, 0)]


async def test_the_highest_common_suite_is_taken(end: MakeEnd, clock: VirtualClock) -> None:
    meter, gateway = end(METER, store(METER)), end(GATEWAY, store(GATEWAY))

    agreed = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(agreed, Agreed)
    assert agreed.suite == 2
    assert gateway.keys[METER].public_key == credentials(SUITE_2, METER).public_key


async def test_a_suite_can_be_forced(end: MakeEnd, clock: VirtualClock) -> None:
    meter, gateway = end(METER, store(METER), forced_suite=1), end(GATEWAY, store(GATEWAY))

    agreed = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(agreed, Agreed)
    assert agreed.suite == 1


async def test_a_device_takes_nobody_but_its_trust_centre(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    meter, other = end(METER, accepts=lambda device: device == GATEWAY), end(OTHER)

    failed = await soon(clock, other.service.establish(meter.peer))

    assert isinstance(failed, Failed)
    assert wire.refusals() == [(TerminateStatus.NO_RESOURCES, WAIT_TIME)]
    assert failed.retry_at == clock.monotonic() - STORING + WAIT_TIME
    assert meter.keys == {}


async def test_a_second_partner_is_told_to_wait(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway, _meter, other = end(GATEWAY), end(METER), end(OTHER)
    gateway.gate.received(incoming(METER, initiate(METER)))
    await clock.settle()
    wire.frames.clear()

    failed = await soon(clock, other.service.establish(gateway.peer))

    assert isinstance(failed, Failed)
    assert wire.refusals() == [(TerminateStatus.NO_RESOURCES, BUSY_WAIT)]
    assert failed.retry_at == clock.monotonic() - STORING + BUSY_WAIT


FIRST, SECOND, THIRD = (Eui64(OTHER + n) for n in (1, 2, 3))


def replayed(device: Eui64, seconds: int = 254) -> Incoming:
    """Return what anybody can send in the name of anybody: a certificate, and long times."""
    record = initiate(METER)
    octets = bytes(record.identity).replace(address_octets(METER), address_octets(device))
    return incoming(
        device,
        InitiateKeyEstablishmentRequestRecord(
            key_establishment_suite=1,
            ephemeral_data_generate_time=seconds,
            confirm_key_generate_time=seconds,
            identity=octets,
        ),
    )


def deaf(end: MakeEnd, device: Eui64) -> Eui64:
    """Put a device on the wire that acknowledges what it gets, and does nothing with it."""
    end(device, store(OTHER, SUITE_1)).hears = lambda _frame: None
    return device


async def test_who_is_preferred_comes_before_who_is_not(end: MakeEnd, clock: VirtualClock) -> None:
    gateway = end(GATEWAY, most_at_once=2, prefers=lambda device: device == METER)
    meter = end(METER)
    for stranger in (FIRST, SECOND):
        gateway.gate.received(replayed(deaf(end, stranger)))
    await clock.settle()

    agreed = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(agreed, Agreed)
    assert [type(news) for news in gateway.told] == [KeyEstablishmentFailed, KeyEstablished]
    assert gateway.told[0].device == FIRST


async def test_who_is_put_out_is_told_to_come_back(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway = end(GATEWAY, prefers=lambda device: device == METER)
    end(OTHER)
    gateway.gate.received(incoming(OTHER, initiate(OTHER)))
    await clock.settle()
    wire.frames.clear()

    gateway.gate.received(incoming(METER, initiate(METER)))
    await clock.settle()

    assert wire.refusals() == [(TerminateStatus.NO_RESOURCES, BUSY_WAIT)]


async def test_who_is_not_preferred_waits_for_who_is(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway, _meter, other = end(GATEWAY, prefers=lambda d: d == METER), end(METER), end(OTHER)
    gateway.gate.received(incoming(METER, initiate(METER)))
    await clock.advance(ALLOWANCE + 1)
    wire.frames.clear()

    failed = await soon(clock, other.service.establish(gateway.peer))

    assert isinstance(failed, Failed)
    assert gateway.told == []


@pytest.mark.parametrize("preferred", [True, False])
async def test_among_equals_who_does_not_go_on_in_time_makes_room(
    end: MakeEnd, clock: VirtualClock, *, preferred: bool
) -> None:
    """The replayed frames may be in the name of devices that were added, too."""
    gateway = end(GATEWAY, most_at_once=3, prefers=lambda _device: preferred)
    meter = end(METER)
    for number, stranger in enumerate((FIRST, SECOND, THIRD)):
        gateway.gate.received(replayed(deaf(end, stranger)))
        await clock.advance(1 + number)

    too_early = await soon(clock, meter.service.establish(gateway.peer))
    await clock.advance(ALLOWANCE)
    in_time = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(too_early, Failed)
    assert isinstance(in_time, Agreed)
    assert gateway.told[0].device == FIRST


async def test_a_trust_centre_may_serve_several_at_once(end: MakeEnd, clock: VirtualClock) -> None:
    gateway, meter, other = end(GATEWAY, most_at_once=2), end(METER), end(OTHER)

    both = asyncio.gather(
        meter.service.establish(gateway.peer), other.service.establish(gateway.peer)
    )
    await soon(clock, both)

    assert set(gateway.keys) == {METER, OTHER}


async def test_one_that_was_told_to_wait_comes_back_and_succeeds(
    end: MakeEnd, clock: VirtualClock
) -> None:
    gateway, meter, other = end(GATEWAY), end(METER), end(OTHER)

    seeking = asyncio.gather(meter.service.seek(gateway.found), other.service.seek(gateway.found))
    await clock.advance(minutes=1)
    both = await seeking

    assert all(both)
    assert set(gateway.keys) == {METER, OTHER}
    assert len([told for told in other.told if isinstance(told, KeyEstablishmentFailed)]) == 1


async def test_a_device_of_another_authority_should_leave_net_4(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    elsewhere = new_authority(SUITE_1, Scripted(5), b"ELSEWHER")
    strange = CertificateStore([elsewhere.issue(METER, Scripted(6, 7))])
    meter, gateway = end(METER, strange), end(GATEWAY)

    stays = await soon(clock, meter.service.seek(gateway.found))

    assert not stays
    assert [status for status, _ in wire.refusals()] == [TerminateStatus.UNKNOWN_ISSUER]
    assert gateway.keys == {}
    assert isinstance(gateway.told[0], KeyEstablishmentFailed)


async def test_a_silent_partner_is_given_up_and_tried_again(
    end: MakeEnd, clock: VirtualClock, wire: Wire
) -> None:
    meter, gateway = end(METER), end(GATEWAY)
    gateway.hears = lambda _frame: None  # a partner may be silent

    seeking = asyncio.ensure_future(meter.service.seek(gateway.found))
    await clock.advance(10)
    gateway.hears = gateway.gate.received  # and speak again
    await clock.advance(60)

    assert await seeking
    assert wire.refusals() == []
    assert isinstance(meter.told[0], KeyEstablishmentFailed)


async def test_a_partner_that_cannot_be_reached_is_tried_again(
    end: MakeEnd, clock: VirtualClock, wire: Wire
) -> None:
    meter, gateway = end(METER), end(GATEWAY)
    lost = iter([True])
    wire.loses = lambda frame: (
        frame.payload[:1] == b"\x01" and frame.cluster_specific and next(lost, False)
    )

    seeking = asyncio.ensure_future(meter.service.seek(gateway.found))
    await clock.advance(60)

    assert await seeking
    assert meter.told[0] == KeyEstablishmentFailed(GATEWAY, "the partner cannot be reached")


class Places:
    """Looks for a partner's server, and finds what it is told, one after the other."""

    def __init__(self, clock: VirtualClock, *found: Peer | SebridgeError | None) -> None:
        self.looks: list[float] = []
        self._clock = clock
        self._begun = clock.monotonic()
        self._found = found

    async def find(self) -> Peer | None:
        self.looks.append(self._clock.monotonic() - self._begun)
        place = self._found[len(self.looks) - 1]
        if isinstance(place, SebridgeError):
            raise place
        return place


async def test_a_partner_that_is_not_found_is_looked_for_every_32_seconds_net_5(
    end: MakeEnd, clock: VirtualClock
) -> None:
    meter, gateway = end(METER), end(GATEWAY)
    places = Places(clock, AnswerTimeoutError("silent"), None, gateway.peer)

    seeking = asyncio.ensure_future(meter.service.seek(places.find))
    await clock.advance(minutes=2)

    assert await seeking
    first, second, third = places.looks
    assert (first, 32 <= second < 35, 64 <= third < 70) == (0, True, True)


async def test_a_partner_is_looked_for_anew_after_three_errors_net_5(
    end: MakeEnd, clock: VirtualClock
) -> None:
    meter, gateway = end(METER), end(GATEWAY)
    places = Places(clock, Peer(OTHER, 9, SE_PROFILE), gateway.peer)

    seeking = asyncio.ensure_future(meter.service.seek(places.find))
    await clock.advance(minutes=3)

    assert await seeking
    assert len(meter.told) == 4
    assert places.looks[0] == 0
    assert 96 <= places.looks[1] < 105


async def test_only_one_exchange_with_a_partner_is_begun(end: MakeEnd, clock: VirtualClock) -> None:
    meter, gateway = end(METER), end(GATEWAY)
    gateway.hears = lambda _frame: None  # silent
    first = asyncio.ensure_future(meter.service.establish(gateway.peer))
    await clock.settle()

    with pytest.raises(RefusedError, match="already"):
        await meter.service.establish(gateway.peer)

    await clock.advance(30)
    assert isinstance(await first, Failed)


async def test_a_frame_out_of_the_blue_is_refused_by_the_server_only(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway = end(GATEWAY)
    end(METER)

    gateway.gate.received(incoming(METER, EphemeralDataRequestRecord(ephemeral_data=bytes(22))))
    await clock.settle()
    assert wire.refusals() == [(TerminateStatus.BAD_MESSAGE, WAIT_TIME)]
    assert wire.frames[0].sequence == 7
    wire.frames.clear()
    late = EphemeralDataResponseRecord(ephemeral_data=bytes(22))
    gateway.gate.received(incoming(METER, late, from_server=True))
    gateway.gate.received(incoming(METER, TerminateKeyEstablishmentRecord(status_code=1)))
    await clock.settle()

    assert wire.frames == []


@pytest.mark.parametrize("payload", [b"", b"\x01", bytes(300)])
async def test_an_unreadable_frame_ends_the_exchange_by_bad_message(
    end: MakeEnd, wire: Wire, clock: VirtualClock, payload: bytes
) -> None:
    gateway = end(GATEWAY)
    end(METER)
    gateway.gate.received(incoming(METER, initiate(METER)))
    await clock.settle()

    gateway.gate.received(raw(METER, Frame(0x01, 8, payload, cluster_specific=True)))
    await clock.settle()

    assert [status for status, _ in wire.refusals()] == [TerminateStatus.BAD_MESSAGE]
    assert wire.default_responses() == []
    assert isinstance(gateway.told[0], KeyEstablishmentFailed)


async def test_a_frame_that_comes_twice_is_answered_once(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway = end(GATEWAY)
    end(METER)

    for _ in range(2):
        gateway.gate.received(incoming(METER, initiate(METER)))
    await clock.settle()

    assert wire.commands() == [(0x00, True)]


async def test_a_flood_of_refused_frames_is_not_answered_without_end(
    end: MakeEnd, wire: Wire, clock: VirtualClock
) -> None:
    gateway = end(GATEWAY, accepts=lambda _device: False)

    for number in range(200):
        gateway.gate.received(incoming(METER, initiate(METER), number))
    await clock.settle()

    assert len(wire.refusals()) == 16


async def test_a_key_that_the_radio_does_not_take_is_told_in_the_log(
    end: MakeEnd, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    meter, gateway = end(METER), end(GATEWAY)

    async def refuse(device: Eui64, key: LinkKey) -> None:
        raise StorageError("full")

    gateway.establish = refuse  # type: ignore[method-assign]  # a full disk
    await soon(clock, meter.service.establish(gateway.peer))

    assert "cannot be used: full" in caplog.text


class Forgetful(OwnArithmetic):
    """A module that has not the key any more when it is to be used."""

    @override
    async def key(self, agreed: Secret | None) -> Secret:
        raise RefusedError("the module has no room for it")


class Incapable(OwnArithmetic):
    """A module that computes nothing."""

    @override
    async def perform(self, task: Task) -> Computed:
        return NotComputed("the module cannot")


async def test_a_key_that_the_module_does_not_keep_is_none(
    end: MakeEnd, clock: VirtualClock
) -> None:
    meter = end(METER)
    gateway = end(GATEWAY, make_arithmetic=lambda: Forgetful(at_once))

    await soon(clock, meter.service.establish(gateway.peer))
    await clock.advance(1)

    assert gateway.keys == {}
    assert gateway.told == [KeyEstablishmentFailed(METER, "the module has no room for it")]


async def test_a_partner_may_come_again_where_the_module_computes_nothing(
    end: MakeEnd, clock: VirtualClock, wire: Wire
) -> None:
    meter = end(METER)
    gateway = end(GATEWAY, make_arithmetic=lambda: Incapable(at_once))

    ended = await soon(clock, meter.service.establish(gateway.peer))

    assert isinstance(ended, Failed)
    assert wire.refusals() == [(TerminateStatus.NO_RESOURCES, WAIT_TIME)]
    assert gateway.told == [KeyEstablishmentFailed(METER, "the module cannot")]
