"""Which network an XBee has, and which it forms, through the real zigpy-xbee over TCP."""

import pytest

from sebridge.base.errors import ConfigError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.radio import NetworkPlan
from sebridge.settings.options import RadioOptions
from tests.radio.xbee_module import FROM_THE_SHOP, NOT_OF_SMART_ENERGY, SMART_ENERGY
from tests.radio.xbee_radio import XBeeBench

LINK_KEY = Secret(bytes(range(16)))
NETWORK_KEY = Secret(bytes(range(16, 32)))


@pytest.fixture
def shop(xbee: XBeeBench) -> XBeeBench:
    """Give a module as it is sold."""
    xbee.module.registers |= FROM_THE_SHOP
    return xbee


async def test_a_module_from_the_shop_forms_what_is_configured(shop: XBeeBench) -> None:
    shop.configure(RadioOptions(channel=20, pan_id=0x4321, network_key=NETWORK_KEY))
    shop.radio.plan(NetworkPlan(extended_pan_id=0xCAFE, channel_mask=0xFFFF, link_key=LINK_KEY))

    await shop.start()

    state = shop.radio.network
    assert (state.joined, state.nwk, state.pan_id, state.channel) == (True, 0, 0x4321, 20)
    assert int(state.extended_pan_id) == 0xCAFE
    told = shop.module.set
    assert told["NK"] == NETWORK_KEY.reveal()
    assert told["KY"] == LINK_KEY.reveal()
    assert (told["ZS"], told["EE"], told["EO"], told["CE"]) == (b"\x02", b"\x01", b"\x02", b"\x01")
    assert shop.module.written["OP"].hex() == "000000000000cafe"


async def test_the_module_chooses_among_the_channels_of_the_plan(shop: XBeeBench) -> None:
    shop.radio.plan(NetworkPlan(channel_mask=0b1000_0001_0000_0000))

    await shop.start()

    assert shop.module.set["SC"] == b"\x81\x00"
    assert shop.radio.network.channel == 19
    assert shop.module.formed == 1


async def test_what_was_formed_is_resumed(shop: XBeeBench) -> None:
    await shop.start()
    before = shop.radio.network
    await shop.radio.stop()

    await shop.start()

    assert shop.radio.network == before
    assert shop.module.formed == 1


async def test_smart_energy_firmware_forms_without_what_it_does_not_have(shop: XBeeBench) -> None:
    shop.module.registers |= SMART_ENERGY
    shop.module.missing |= NOT_OF_SMART_ENERGY
    for name in NOT_OF_SMART_ENERGY:
        shop.module.registers.pop(name, None)

    await shop.start()

    assert shop.radio.network.joined
    assert shop.radio.network.firmware == "0x3115"
    assert not NOT_OF_SMART_ENERGY & shop.module.set.keys()
    assert "EO" not in shop.module.set  # it cannot be written there, and is right


async def test_smart_energy_firmware_with_its_network_is_resumed(xbee: XBeeBench) -> None:
    xbee.module.registers |= SMART_ENERGY
    xbee.module.missing |= NOT_OF_SMART_ENERGY

    await xbee.start()

    assert xbee.radio.network.joined
    assert xbee.module.formed == 0


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


async def test_a_network_that_was_given_up_is_formed_by_the_new_plan(xbee: XBeeBench) -> None:
    await xbee.start()

    await xbee.radio.leave()
    xbee.radio.plan(NetworkPlan(extended_pan_id=0xF00D))
    await xbee.start()

    assert int(xbee.radio.network.extended_pan_id) == 0xF00D
    assert xbee.module.formed == 1
    assert xbee.module.set["NR"] == b"\x00"


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


async def test_the_network_is_opened_again_for_the_same_time(xbee: XBeeBench) -> None:
    await xbee.start()
    await xbee.radio.permit_joining(60)
    xbee.module.asked.clear()

    await xbee.radio.permit_joining(60)

    assert xbee.module.asked == ["NJ", "NJ"]  # another value than before, then this one
    assert xbee.module.set["NJ"] == b"\x3c"


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
