"""Key establishment as far as the stack computes it."""

from collections.abc import AsyncIterator
from random import Random

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.features.keys.arithmetic import perform
from sebridge.features.keys.session import CodesMade, EphemeralMade, MakeCodes, MakeEphemeral
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.cbke_commands import COMPUTING
from sebridge.simulator.modules.ezsp.wording import VERSIONS
from tests.crypto.key_vectors import credentials, store
from tests.radio.simulated_air import METER
from tests.simulator.modules.ezsp.bench import Bench, octets
from tests.simulator.modules.ezsp.test_joining import MEMBER, TRUST_CENTER_KEY as TC_KEY, Pair

NUMBERS = {
    SUITE_1: (0xA4, 0x9E, 0x9F, 0xA0, 0xA1, 0xA5),
    SUITE_2: (0xE8, 0xE9, 0xEA, 0xEB, 0xEE, 0xEC),
}
PREINSTALL = 0xA2
IN_PROGRESS, FAILED, INVALID_CALL, BAD_ARGUMENT = b"\xba", b"\x01", b"\x70", b"\x02"
KEEP, DROP = b"\x01", b"\x00"

of_each_suite = pytest.mark.parametrize("suite", SUITES, ids=["1", "2"])


@pytest.fixture
async def proving() -> AsyncIterator[Bench]:
    """Give a module that was made with certificates, and has formed a network."""
    bench = Bench(certificates=store(CHIP))
    await bench.form()
    bench.callbacks.clear()
    yield bench
    await bench.stop()


async def ephemeral_of(bench: Bench, suite: Suite) -> bytes:
    generate, generated, *_ = NUMBERS[suite]
    assert bench.ask(generate) == (IN_PROGRESS if bench.version < 14 else b"\x05\0\0\0")
    await bench.clock.advance(COMPUTING)
    [made] = bench.told(generated)
    assert made.startswith(bench.ok)
    return made.removeprefix(bench.ok)


async def agreed(
    bench: Bench, suite: Suite, ours: bytes, partner: Eui64 = METER, *, begins: bool = False
) -> tuple[bytes, CodesMade]:
    """Have the stack compute with a partner; return what both say. The stack begins, or not."""
    _, _, calculate, calculated, *_ = NUMBERS[suite]
    own, gateway = credentials(suite, partner), credentials(suite, bench.address)
    theirs = perform(MakeEphemeral(own, Random(3)))
    assert isinstance(theirs, EphemeralMade)
    codes = perform(
        MakeCodes(
            own=own,
            ephemeral=theirs,
            partner=bench.address,
            public_key=own.key_of(gateway.certificate),
            certificate=gateway.certificate.octets,
            partner_ephemeral=ours,
            is_initiator=not begins,
        )
    )
    assert isinstance(codes, CodesMade)
    bench.ask(calculate, bytes((begins,)) + own.certificate.octets + theirs.public)
    await bench.clock.advance(COMPUTING)
    [told] = bench.told(calculated)
    return told, codes


@of_each_suite
async def test_both_sides_agree_and_the_key_is_kept_when_the_host_says_so(
    proving: Bench, suite: Suite
) -> None:
    told, codes = await agreed(proving, suite, await ephemeral_of(proving, suite))

    assert told == b"\0" + codes.of_initiator + codes.of_responder
    assert proving.module.stack.address == CHIP
    clear = NUMBERS[suite][4]
    assert proving.ask(clear, KEEP) == b"\0"
    assert proving.ask(0x10D, octets(METER))[:16] == revealed(codes)
    assert proving.ask(clear, KEEP) == INVALID_CALL


def revealed(codes: CodesMade) -> bytes:
    assert isinstance(codes.link_key, Secret)
    return codes.link_key.reveal()


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_member_has_another_key_with_its_trust_centre(version: int) -> None:
    pair = Pair(version, certificates=store(MEMBER))
    await pair.form()
    pair.register()
    pair.ready()
    await pair.tried()
    ours = await ephemeral_of(pair.member, SUITE_1)

    told, codes = await agreed(pair.member, SUITE_1, ours, CHIP, begins=True)

    assert told == pair.member.ok + codes.of_initiator + codes.of_responder
    assert pair.member.ask(0xA1, KEEP) == pair.member.ok
    shown = pair.member.ask(0x6A, b"\x01") if version < 13 else pair.member.ask(0x114, TC_KEY)
    assert revealed(codes) in shown
    await pair.member.stop()
    await pair.home.stop()


@of_each_suite
async def test_a_key_that_is_not_to_be_kept_is_gone(proving: Bench, suite: Suite) -> None:
    await agreed(proving, suite, await ephemeral_of(proving, suite))
    clear = NUMBERS[suite][4]

    assert proving.ask(clear, DROP) == b"\0"
    assert proving.ask(clear, KEEP) == INVALID_CALL
    assert proving.ask(0x75, octets(METER) + b"\x01") == b"\xff"


async def test_where_there_is_no_room_a_key_is_not_kept(proving: Bench) -> None:
    for place in range(4):
        proving.ask(0x10E, bytes((place, place + 1)) + bytes(7 + 16))
    await agreed(proving, SUITE_1, await ephemeral_of(proving, SUITE_1))

    assert proving.ask(0xA1, KEEP) == b"\xb4"


async def test_one_thing_is_computed_at_a_time_and_nothing_after_a_reset(proving: Bench) -> None:
    assert proving.ask(0xA4) == IN_PROGRESS
    assert proving.ask(0xA4) == INVALID_CALL

    proving.begin()
    await proving.clock.advance(COMPUTING)

    assert proving.told(0x9E) == []


async def test_codes_need_an_ephemeral_key(proving: Bench) -> None:
    assert proving.ask(0x9F, bytes(1 + 48 + 22)) == INVALID_CALL


async def test_a_partner_that_shows_no_certificate_is_told_of(proving: Bench) -> None:
    await ephemeral_of(proving, SUITE_1)

    assert proving.ask(0x9F, bytes(1 + 48 + 22)) == IN_PROGRESS
    await proving.clock.advance(COMPUTING)

    assert proving.told(0xA0) == [FAILED + bytes(32)]


async def test_without_a_certificate_nothing_is_computed(formed: Bench) -> None:
    assert formed.ask(0xA4) == FAILED
    assert formed.ask(0xA5) == FAILED + bytes(48)
    assert formed.ask(0xEC) == FAILED + bytes(74)
    assert formed.ask(0x9F, bytes(1 + 48 + 22)) == INVALID_CALL


async def test_without_a_network_nothing_is_computed() -> None:
    bench = Bench(certificates=store(CHIP))
    bench.begin()

    assert bench.ask(0xA4) == INVALID_CALL
    await bench.stop()


async def test_a_certificate_is_written_once(
    formed: Bench,
) -> None:
    own, other = credentials(SUITE_1, CHIP), credentials(SUITE_1, METER)
    written, another = (
        one.authority_key + one.certificate.octets + one.private_key.reveal()
        for one in (own, other)
    )

    assert formed.ask(PREINSTALL, written[:-21] + bytes(21)) == BAD_ARGUMENT
    assert formed.ask(PREINSTALL, written) == b"\0"
    assert formed.ask(PREINSTALL, written) == b"\0"
    assert formed.ask(PREINSTALL, another) == INVALID_CALL

    assert formed.ask(0xA5) == b"\0" + own.certificate.octets
