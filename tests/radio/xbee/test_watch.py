"""An XBee that hangs or is reset, through the real zigpy-xbee over TCP: it is noticed, and why."""

import pytest

from sebridge.base.errors import DeliveryError
from sebridge.radio.radio import Outgoing
from sebridge.radio.watchdog import ASKS_EVERY, LONGEST_ANSWER
from tests.patience import until
from tests.radio.simulated_air import METER, PRICE, SE
from tests.radio.xbee.radio import XBeeBench


async def test_a_hung_module_is_noticed_by_its_silence(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.is_hung = True

    await xbee.clock.advance(ASKS_EVERY + LONGEST_ANSWER)
    await until(lambda: xbee.ears.reasons)

    assert str(xbee.ears.reasons[0]).startswith("the radio does not answer: ")
    assert not xbee.radio.network.joined
    with pytest.raises(DeliveryError, match="not connected"):
        await xbee.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))


async def test_a_module_that_answers_is_left_alone(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.asked.clear()

    for _ in range(3):
        await xbee.clock.advance(ASKS_EVERY)
        await xbee.radio.at_command("VR", None)  # its answer comes behind the watchdog's

    assert xbee.module.asked == ["AI", "VR"] * 3
    assert xbee.radio.network.joined
    assert xbee.ears.reasons == []


async def test_a_refusal_is_an_answer_too(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.missing.add("AI")

    await xbee.clock.advance(ASKS_EVERY)
    await xbee.radio.at_command("VR", None)  # its answer comes behind the watchdog's

    assert xbee.radio.network.joined
    assert xbee.ears.reasons == []


async def test_a_module_that_is_pulled_out_is_told_once(xbee: XBeeBench) -> None:
    await xbee.start()

    xbee.module.unplug()
    await until(lambda: xbee.ears.reasons)
    await xbee.clock.advance(ASKS_EVERY)

    assert [str(reason) for reason in xbee.ears.reasons] == ["the radio closed the connection"]


@pytest.mark.parametrize("status", ["00", "01"])
async def test_a_module_that_was_reset_is_started_again(xbee: XBeeBench, status: str) -> None:
    await xbee.start()

    xbee.module.receive(bytes.fromhex("8a" + status))
    await until(lambda: xbee.ears.reasons)

    assert str(xbee.ears.reasons[0]) == "the module was reset"
    await xbee.start()
    assert xbee.radio.network.joined


async def test_nobody_is_asked_any_more_after_the_end(xbee: XBeeBench) -> None:
    await xbee.start()
    await xbee.radio.stop()
    xbee.module.asked.clear()

    await xbee.clock.advance(minutes=5)

    assert xbee.module.asked == []
    assert xbee.ears.reasons == []
