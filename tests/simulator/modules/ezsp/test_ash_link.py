"""ASH as a conversation: order, windows, repetition, and what ends it."""

from sebridge.simulator.modules.ezsp.ash_link import MOST_WAITING
from tests.simulator.modules.ezsp.bench import RESET, Bench, framed

NOP = b"\x01\x00\x01\x05\x00"
ERROR = b"\xc2\x02\x51"


def numbers(bench: Bench) -> list[tuple[int, bool]]:
    """Return the DATA frames that were heard: their numbers, and whether they come again."""
    found = [(frame[0] >> 4, bool(frame[0] & 8)) for frame in bench.heard if not frame[0] & 0x80]
    bench.heard.clear()
    return found


async def test_before_a_reset_it_says_only_that_it_waits_for_one(bench: Bench) -> None:
    bench.say(NOP)
    bench.module.take(b"\x25\x42\x7e")
    assert bench.heard == [ERROR, ERROR]

    bench.module.take(RESET)
    assert bench.heard.pop() == b"\xc1\x02\x0b"


async def test_an_answer_acknowledges_and_so_does_a_frame_of_its_own(begun: Bench) -> None:
    begun.heard.clear()
    begun.say(NOP)
    assert [frame[0] for frame in begun.heard] == [0x20 | 3]

    begun.say(b"\x01")  # what is no frame of EZSP has no answer
    assert begun.heard[-1] == b"\x84"


async def test_what_comes_out_of_order_is_asked_for_once(begun: Bench) -> None:
    begun.heard.clear()

    begun.module.take(framed(0x42, bytes(5)) + framed(0x52, bytes(5)) + b"\x25\x42\x7e")
    assert begun.heard == [b"\xa2"]

    begun.say(NOP)  # it goes on
    begun.module.take(framed(0x62, bytes(5)))
    assert begun.heard[-1] == b"\xa3"


async def test_what_came_already_is_acknowledged_again(begun: Bench) -> None:
    begun.heard.clear()

    begun.module.take(framed(0x1A, bytes(5)))

    assert begun.heard == [b"\x82"]
    assert begun.answers == []


async def test_no_more_is_sent_than_the_window_lets(begun: Bench) -> None:
    begun.acknowledges = False
    begun.heard.clear()
    for _ in range(7):
        begun.say(NOP)
    assert numbers(begun) == [(n, False) for n in (2, 3, 4, 5, 6)]

    begun.module.take(framed(0x84))  # all before 4
    assert numbers(begun) == [(7, False), (0, False)]

    begun.module.take(framed(0x81))  # and the rest
    await begun.clock.advance(60)
    assert numbers(begun) == []


async def test_what_is_rejected_is_sent_again_from_there_on(begun: Bench) -> None:
    begun.acknowledges = False
    for _ in range(3):
        begun.say(NOP)
    begun.heard.clear()

    begun.module.take(framed(0xA3))

    assert numbers(begun) == [(3, True), (4, True)]


async def test_an_acknowledgement_of_what_was_never_sent_changes_nothing(begun: Bench) -> None:
    begun.acknowledges = False
    begun.say(NOP)
    begun.heard.clear()

    begun.module.take(framed(0x86))
    await begun.clock.advance(1.7)

    assert numbers(begun) == [(2, True)]


async def test_a_host_that_is_not_heard_is_given_up(begun: Bench) -> None:
    begun.acknowledges = False
    begun.say(NOP)
    begun.heard.clear()

    await begun.clock.advance(11.3)
    assert numbers(begun) == [(2, True)] * 4
    await begun.clock.advance(3.2)
    assert begun.heard == [ERROR]

    begun.say(NOP)
    await begun.clock.advance(60)
    assert begun.heard == [ERROR, ERROR]


async def test_what_waits_has_a_bound(begun: Bench) -> None:
    begun.acknowledges = False
    before = begun.module.lost
    for _ in range(MOST_WAITING + 10):
        begun.say(NOP)

    assert begun.module.lost == before + 5


async def test_a_reset_forgets_what_was_under_way(begun: Bench) -> None:
    begun.acknowledges = False
    for _ in range(8):
        begun.say(NOP)
    begun.heard.clear()

    begun.reset()
    await begun.clock.advance(60)

    assert begun.heard == []
    begun.acknowledges = True
    begun.begin()


async def test_without_a_host_nothing_is_said_and_nothing_is_kept(begun: Bench) -> None:
    begun.heard.clear()
    begun.module.unplug()
    begun.module.take(RESET)
    begun.module.take(framed(0x42, bytes(5)))
    await begun.clock.advance(60)
    assert begun.heard == []

    begun.module.plug_in(begun.hear)
    begun.begin()
