"""Key establishment by the module itself, with a simulated meter that proves who it is."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.radio import Outgoing
from sebridge.simulator.household import link_key_of
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.firmware import ZIGBEE
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS, KeptKey
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT
from sebridge.zcl.zdo import ZdoCommand, encode
from tests.integration.emulated_sticks import Drawers
from tests.simulator.modules.xbee.proving_bench import KEY_ESTABLISHED, METER, ProvingBench


async def test_the_module_establishes_a_key_and_its_host_hears_of_it_alone() -> None:
    bench = ProvingBench()
    await bench.form()

    await bench.admit()

    assert bench.is_established
    told = bench.heard()
    assert told.count(KEY_ESTABLISHED) == 1
    assert not [frame for frame in told if frame[0] == 0x91 and frame[13:15] == b"\x08\x00"]
    await bench.end()


async def test_an_established_key_outlives_the_power() -> None:
    bench = ProvingBench()
    await bench.form()
    await bench.admit()
    await bench.end()

    again = ProvingBench(bench.drawers)
    await again.start()

    assert again.is_established
    assert again.register(link_key_of(METER).reveal(), METER) == 0
    assert again.is_established  # by the host, which knows the key to join with alone
    await again.end()


async def test_without_a_certificate_nobody_proves_himself_until_one_is_written() -> None:
    bench = ProvingBench(has_certificate=False)
    await bench.form()
    await bench.admit()
    assert not bench.is_established

    bench.write_certificate(bench.certificate.private_key.reveal())
    await bench.clock.advance(1200)

    assert bench.is_established
    await bench.end()


async def test_a_certificate_that_is_not_sound_is_none() -> None:
    bench = ProvingBench()
    await bench.form()
    bench.write_certificate(bytes(20) + b"\x01")
    await bench.clock.advance(3)

    await bench.admit()

    assert not bench.is_established
    await bench.end()


async def test_other_firmware_establishes_no_keys() -> None:
    bench = ProvingBench(firmware=ZIGBEE)
    await bench.form()

    await bench.admit()

    assert not bench.is_established
    await bench.end()


async def test_the_module_answers_who_looks_for_keys_and_leaves_the_rest_to_its_host() -> None:
    bench = ProvingBench()
    await bench.form()
    await bench.let_in()
    bench.set("AO", 3)
    found = {}

    for cluster_id in (0x0800, 0x0700):
        bench.ears.frames.clear()
        question = encode(ZdoCommand.Match_Desc_req, 5, 0, 0x0109, [cluster_id], [])
        await bench.meter.send(Outgoing(CHIP, 0, ZdoCommand.Match_Desc_req, 0, 0, question))
        await bench.clock.advance(1)
        found[cluster_id] = [frame.data[4:] for frame in bench.ears.frames], len(bench.heard(0x91))

    assert found == {0x0800: ([b"\x01\xe7"], 0), 0x0700: ([], 1)}
    await bench.end()


async def test_what_smart_energy_firmware_knows_it_answers_whatever_ao_says() -> None:
    bench = ProvingBench()
    await bench.form()
    await bench.let_in()
    bench.set("AO", 3)
    found = {}

    for cluster_id, data in ((0x0002, b"\5\0\0"), (0x0021, b"\5" + bytes(21)), (0x0031, b"\5\0")):
        bench.ears.frames.clear()
        await bench.meter.send(Outgoing(CHIP, 0, cluster_id, 0, 0, data))
        await bench.clock.advance(1)
        found[cluster_id] = len(bench.ears.frames), len(bench.heard(0x91))

    assert found == {0x0002: (1, 0), 0x0021: (0, 1), 0x0031: (0, 1)}
    await bench.end()


async def test_without_room_for_its_key_nobody_proves_himself() -> None:
    drawers = Drawers()
    bench = ProvingBench(drawers)
    await bench.form()
    keys = drawers("xbee_keys", Eui64, KeptKey)
    keys.update({Eui64(1000 + n): KeptKey(joining=WELL_KNOWN_KEY) for n in range(MOST_MEMBERS)})

    await bench.admit()

    assert not bench.is_established
    assert KEY_ESTABLISHED not in bench.heard()
    await bench.end()


async def test_who_is_not_on_the_air_is_not_reached() -> None:
    bench = ProvingBench()
    await bench.form()
    stranger = Outgoing(Eui64(0x77), 0x0109, KEY_ESTABLISHMENT, 1, 1, bytes(3))

    with pytest.raises(DeliveryError, match="is not on the air"):
        await bench.air.send(stranger)
    await bench.end()
