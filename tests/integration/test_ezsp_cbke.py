"""Key establishment that the firmware computes, as bellows has it do so.

Real time passes here only because the driver has no other.
"""

from random import Random

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, RefusedError
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.features.keys.arithmetic import perform
from sebridge.features.keys.session import CodesMade, EphemeralMade, MakeCodes, MakeEphemeral
from sebridge.radio.radio import KeyModule
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS
from tests.crypto.key_vectors import credentials
from tests.integration.ezsp_wire import Wire
from tests.radio.simulated_air import LINK_KEY, METER, eui64

of_each_suite = pytest.mark.parametrize("suite", SUITES, ids=["suite 1", "suite 2"])


def module_of(wire: Wire) -> KeyModule:
    module = wire.radio.key_module
    assert module is not None
    return module


def own(suite: Suite, device: Eui64 = CHIP) -> Credentials:
    return credentials(suite, device)


async def agreed(module: KeyModule, suite: Suite) -> tuple[tuple[bytes, bytes], CodesMade]:
    """Have the firmware compute with the meter; return what both say."""
    meter, ours = own(suite, METER), await module.make_ephemeral(own(suite))
    theirs = perform(MakeEphemeral(meter, Random(1)))
    assert isinstance(theirs, EphemeralMade)
    task = MakeCodes(
        own=meter,
        ephemeral=theirs,
        partner=CHIP,
        public_key=meter.key_of(own(suite).certificate),
        certificate=own(suite).certificate.octets,
        partner_ephemeral=ours,
        is_initiator=True,
    )
    codes = perform(task)
    assert isinstance(codes, CodesMade)
    told = await module.make_codes(
        own(suite),
        is_initiator=False,
        certificate=meter.certificate.octets,
        ephemeral=theirs.public,
    )
    return told, codes


@pytest.mark.parametrize(
    ("wire", "suite"),
    [*((version, SUITE_1) for version in VERSIONS), (USUAL_VERSION, SUITE_2)],
    indirect=["wire"],
)
async def test_both_sides_agree_and_the_firmware_has_the_key(wire: Wire, suite: Suite) -> None:
    module = module_of(wire)

    told, codes = await agreed(module, suite)
    key = await module.keep_key(suite.number, METER)

    assert told == (codes.of_initiator, codes.of_responder)
    assert key == codes.link_key
    assert wire.module_keys() == {METER: key}


@of_each_suite
async def test_a_key_that_is_dropped_is_none(wire: Wire, suite: Suite) -> None:
    module = module_of(wire)
    await agreed(module, suite)

    await module.drop_key(suite.number)

    with pytest.raises(RefusedError, match="does not keep the key: INVALID_CALL"):
        await module.keep_key(suite.number, METER)
    assert wire.module_keys() == {}


async def test_a_key_with_another_is_not_there(wire: Wire) -> None:
    module = module_of(wire)
    await agreed(module, SUITE_1)

    with pytest.raises(RefusedError, match="does not have the key with"):
        await module.keep_key(1, eui64(7))


async def test_the_firmware_is_given_our_certificate_where_it_has_another(wire: Wire) -> None:
    module = module_of(wire)

    assert len(await module.make_ephemeral(own(SUITE_1, METER))) == 22

    with pytest.raises(RefusedError, match="does not take our certificate"):
        await module.make_ephemeral(own(SUITE_1, eui64(7)))


async def test_a_certificate_of_suite_2_must_be_there(wire: Wire) -> None:
    with pytest.raises(RefusedError, match="has not our certificate of suite 2"):
        await module_of(wire).make_ephemeral(own(SUITE_2, METER))


async def test_what_is_no_certificate_is_told(wire: Wire) -> None:
    module = module_of(wire)
    await module.make_ephemeral(own(SUITE_1))

    with pytest.raises(RefusedError, match="has computed nothing: ERR_FATAL"):
        await module.make_codes(
            own(SUITE_1), is_initiator=True, certificate=bytes(48), ephemeral=bytes(22)
        )


async def test_codes_without_an_ephemeral_key_are_refused(wire: Wire) -> None:
    with pytest.raises(RefusedError, match="computes no key establishment: INVALID_CALL"):
        await module_of(wire).make_codes(
            own(SUITE_1), is_initiator=True, certificate=bytes(48), ephemeral=bytes(22)
        )


async def test_a_stick_that_is_gone_is_told_and_shows_no_key(wire: Wire) -> None:
    module = module_of(wire)
    await wire.port.stop()

    with pytest.raises(DeliveryError, match="did not compute the key") as caught:
        await module.keep_key(1, METER)

    assert LINK_KEY.reveal().hex() not in str(caught.value)


async def test_a_radio_that_is_not_started_computes_nothing(wire: Wire) -> None:
    assert wire.new_radio().key_module is None
