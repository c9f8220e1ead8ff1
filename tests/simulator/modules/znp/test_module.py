"""The module as a whole: what it does not take, hosts that come and go, and its plug."""

from tests.simulator.modules.znp.bench import APP_CNF, SYS, UTIL, ZDO, Bench, framed


async def test_what_it_does_not_have_is_refused_with_the_reason(bench: Bench) -> None:
    assert bench.refused(0x06, 0x00) == 1  # no such subsystem
    assert bench.refused(SYS, 0x7F) == 2  # no such command
    assert bench.refused(ZDO, 0x36, b"\x0f") == 4  # cut off


async def test_what_is_only_told_is_refused_in_silence(bench: Bench) -> None:
    bench.tell(0x06, 0x00)
    bench.tell(SYS, 0x7F)
    bench.tell(SYS, 0x00)
    bench.module.take(framed(0x61, 0x01, b""))  # a response of the host's

    assert bench.heard == []


async def test_the_next_host_finds_the_module_as_it_is(formed: Bench) -> None:
    formed.module.take(b"\xfe\x10")  # the host goes in the middle of a frame
    formed.module.unplug()
    formed.module.take(framed(0x21, 0x01, b""))
    await formed.let_in_by_others()
    assert formed.heard == []

    formed.module.plug_in(formed.hear)
    assert formed.ask(UTIL, 0x00)[-2:] == b"\x09\0"


async def test_a_response_comes_before_what_happens_meanwhile(bench: Bench) -> None:
    bench.module.take(framed(0x20 | APP_CNF, 0x05, b"\x04"))

    assert [(head, command) for head, command, _ in bench.heard] == [
        (0x6F, 0x05),
        (0x45, 0xC0),
        (0x4F, 0x80),
    ]


async def test_a_module_whose_plug_was_pulled_goes_on_with_its_network() -> None:
    before = Bench()
    await before.form()
    info = before.ask(ZDO, 0x50)
    await before.stop()

    again = Bench(before.items)
    await again.form()

    assert again.ask(ZDO, 0x50) == info
    await again.stop()


async def test_pulling_the_plug_while_it_starts_leaves_nothing_behind(bench: Bench) -> None:
    bench.ask(APP_CNF, 0x05, b"\x04")
    await bench.module.stop()

    await bench.clock.advance(10)

    assert bench.ether.network is None
