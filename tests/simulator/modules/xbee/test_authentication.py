"""Key establishment by the module itself, with a simulated meter that proves who it is."""

from functools import partial
from random import Random
from typing import Any

import pytest

from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import at_once
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1
from sebridge.features.keys.in_module import FirmwareKeyEstablishment
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.radio import Outgoing
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household, link_key_of
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR, ZIGBEE, Firmware
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS, KeptKey
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT
from sebridge.zcl.zdo import ZdoCommand, encode
from tests.integration.emulated_sticks import Drawers
from tests.simulator.modules.xbee.bench import OK, Bench

METER = Eui64(0x000D_6F00_0A00_0001)
KEY_ESTABLISHED = b"\x8a\x10"


class ProvingBench(Bench):
    """A module, which was made with a certificate or not, and a house with a meter."""

    def __init__(
        self,
        drawers: Drawers | None = None,
        firmware: Firmware = SE_COORDINATOR,
        *,
        has_certificate: bool = True,
    ) -> None:
        drawers = drawers or Drawers()
        self.security = secure_house([1], drawers, at_once)
        self.certificate = self.security.certificates.of(CHIP).find(SUITE_1)

        def proof(clock: Clock) -> Proof:
            make = partial(
                FirmwareKeyEstablishment, randomness=Random(7), compute=at_once, clock=clock
            )

            def made(own: Any, endpoint: int, air: Any, keys: Any) -> FirmwareKeyEstablishment:
                self.air = air
                return make(own, endpoint, air, keys)

            return Proof(made, self.certificate if has_certificate else None)

        super().__init__(drawers, firmware, proof)
        self.house = self._house(self.security)

    def _house(self, security: HouseSecurity) -> Household:
        def station(address: Eui64, key: Secret | None) -> SimulatedRadio:
            return SimulatedRadio(self.ether, address, key or WELL_KNOWN_KEY, (), {})

        return Household(
            [SimulatedDeviceOptions(kind="meter", name="Meter", eui64=METER)],
            features=[f.simulated for f in FEATURES if f.simulated is not None],
            make_station=station,
            open_collection=self.drawers,
            security=security,
            clock=self.clock,
            random=Random(7),
        )

    async def admit(self) -> None:
        """Let the meter join with its key, and wait until it has had time to prove itself."""
        assert self.register(link_key_of(METER).reveal(), METER) == 0
        self.set("AO", 3)
        self.set("NJ", 0)
        self.set("NJ", 60)
        await self.house.switch_on()
        await self.clock.advance(60)

    @property
    def is_established(self) -> bool:
        network = self.ether.network
        return network is not None and network.ring.is_established(METER)

    def write_certificate(self, private_key: bytes) -> None:
        own = self.certificate
        parts = {"ZU": own.authority_key, "ZT": own.certificate.octets, "ZV": private_key}
        for name, octets in parts.items():
            assert self.at(name, octets) == (OK, b"")
        assert self.at("WR") == (OK, b"")
        assert self.at("FR") == (OK, b"")

    async def end(self) -> None:
        await self.house.switch_off()
        await self.stop()


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
