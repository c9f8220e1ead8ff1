"""Which network an XBee has, and which it forms, through the real zigpy-xbee over TCP."""

import pytest

from sebridge.base.errors import ConfigError, NotJoinedError
from sebridge.radio.xbee.forming import longest_frame
from tests.radio.xbee.module import FROM_THE_SHOP, NOT_OF_SMART_ENERGY, SMART_ENERGY
from tests.radio.xbee.radio import XBeeBench


@pytest.fixture
def shop(xbee: XBeeBench) -> XBeeBench:
    """Give a module as it is sold."""
    xbee.module.registers |= FROM_THE_SHOP
    return xbee


async def test_a_network_that_is_still_the_one_before_is_waited_for(shop: XBeeBench) -> None:
    shop.module.registers |= {
        "AI": b"\x00",
        "MY": b"\x00\x00",
    }  # an open one, by an old coordinator
    shop.module.is_slow = True

    await shop.start()

    assert shop.radio.network.joined
    assert shop.module.registers["OP"] == shop.module.set["ID"]


async def test_a_module_that_scans_is_waited_for(xbee: XBeeBench) -> None:
    xbee.module.indications = [b"\xff", b"\xff"]

    await xbee.start()

    assert xbee.radio.network.joined
    assert xbee.module.formed == 0


async def test_a_network_that_does_not_come_up_is_told_and_not_formed_anew(
    xbee: XBeeBench,
) -> None:
    xbee.module.registers["AI"] = b"\x2a"

    with pytest.raises(NotJoinedError, match="association indication 0x2A"):
        await xbee.start()

    assert xbee.module.formed == 0


async def test_a_module_that_tells_nothing_is_an_error_with_its_reason(xbee: XBeeBench) -> None:
    xbee.module.registers["EE"] = b""

    with pytest.raises(ConfigError) as refusal:
        await xbee.start()

    assert "the module does not say what is in EE" in str(refusal.value.__cause__)


async def test_what_a_restart_swallows_is_no_failure(shop: XBeeBench) -> None:
    shop.module.silent.add("AC")

    await shop.start()

    assert shop.radio.network.joined
    assert shop.module.formed == 1


async def test_nobody_is_let_in_before_he_can_be_heard_of(shop: XBeeBench) -> None:
    await shop.start()

    asked = shop.module.asked
    formed = asked.index("AC")
    assert {"AO", "NJ"} <= set(asked[:formed])
    assert shop.module.set["NJ"] == b"\0"


@pytest.mark.parametrize("firmware", [{}, SMART_ENERGY], ids=["zigbee", "smart energy"])
async def test_a_router_in_the_network_of_another_is_not_formed_over(
    shop: XBeeBench, firmware: dict[str, bytes]
) -> None:
    shop.module.registers |= firmware | {"AI": b"\x00", "MY": b"\x12\x34", "EO": b"\x08"}
    if firmware:
        shop.module.missing |= NOT_OF_SMART_ENERGY

    with pytest.raises(NotJoinedError, match="in a network that it has not formed"):
        await shop.start()

    assert shop.module.formed == 0
    assert not shop.module.queued


@pytest.mark.parametrize(("told", "longest"), [(0xFF, 255), (0x80, 128), (84, 75), (66, 57)])
def test_a_module_tells_how_long_a_frame_may_be(told: int, longest: int) -> None:
    """Where it fits one frame on the air, encryption is still to come."""
    assert longest_frame(told) == longest
