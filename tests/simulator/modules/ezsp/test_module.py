"""The module as a whole: the version, what it does not take, hosts that come and go, its plug."""

from tests.simulator.modules.ezsp.bench import Bench


async def test_nothing_is_done_before_the_version_is_agreed_on(bench: Bench) -> None:
    bench.reset()
    assert bench.refused(0x05) == 0x30

    bench.say(b"\x00\x00\x00\x04")
    bench.answers.clear()
    assert bench.refused(0x05) == 0x30

    assert bench.ask(0x00, b"\x0d") == b"\x0d\x02\x10\x73"
    assert bench.ask(0x05) == b""


async def test_a_host_may_ask_for_this_version_at_once(bench: Bench) -> None:
    bench.reset()
    bench.say(b"\x09\x00\x00\x0d")

    assert bench.answers.pop() == (9, 0, b"\x0d\x02\x10\x73")
    assert bench.ask(0x05) == b""


async def test_what_it_does_not_have_is_refused_with_the_reason(begun: Bench) -> None:
    assert begun.refused(0x0102, bytes(8)) == 0x31
    assert begun.refused(0x22) == 0x33


async def test_what_is_no_frame_is_ignored(begun: Bench) -> None:
    for octets in (b"", b"\x01\x00", b"\x01\x00\x01\x05", b"\x01\x00\x07\x05\x00"):
        begun.say(octets)

    assert begun.answers == []


async def test_a_reset_forgets_the_version_the_configuration_and_the_endpoints(
    formed: Bench,
) -> None:
    formed.reset()
    assert formed.refused(0x05) == 0x30

    formed.begin()
    assert formed.ask(0x52, b"\x1e") == b"\0\0\0"
    assert formed.ask(0x18) == b"\0"  # no network
    assert formed.ask(0x68, bytes(43)) == b"\0"


async def test_an_answer_comes_before_what_happens_meanwhile(formed: Bench) -> None:
    formed.ask(0x1A, b"\x00\x00\x08\x00\x00\x02")

    assert formed.callbacks == [(0x48, b"\x0b\xa6"), (0x1C, b"\0\0")]


async def test_the_next_host_finds_the_network_as_it_is(formed: Bench) -> None:
    info = formed.ask(0x28)
    formed.module.unplug()
    await formed.clock.advance(60)

    formed.module.plug_in(formed.hear)
    await formed.resume()

    assert formed.ask(0x28) == info


async def test_a_module_whose_plug_was_pulled_goes_on_with_its_network() -> None:
    before = Bench()
    await before.form()
    info, key = before.ask(0x28), before.ask(0x0114, b"\x01" + bytes(17))
    await before.stop()

    again = Bench(before.drawers)
    await again.resume()

    assert again.ask(0x28) == info
    assert again.ask(0x0114, b"\x01" + bytes(17)) == key
    await again.stop()


async def test_pulling_the_plug_while_it_starts_leaves_nothing_behind(bench: Bench) -> None:
    bench.begin()
    bench.ask(0x68, bytes(43))
    bench.ask(0x1E, bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 00 00f8ff07"))
    await bench.module.stop()

    await bench.clock.advance(10)

    assert bench.ether.network is None


async def test_a_reset_by_the_watchdog_is_told_as_one_and_then_a_reset_is_waited_for(
    formed: Bench,
) -> None:
    formed.module.restart()

    assert formed.heard[-1] == b"\xc1\x02\x03"
    assert not formed.module.stack.is_up
    formed.say(b"\x00\x00\x00\x04")
    assert formed.heard[-1] == b"\xc2\x02\x51"
    formed.begin()
