"""An XBee that establishes keys itself, and a house with a meter that proves who it is."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import at_once
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1
from sebridge.features.keys.in_module import FirmwareKeyEstablishment
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household, link_key_of
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR, Firmware
from tests.integration.emulated_sticks import Drawers
from tests.simulator.modules.xbee.bench import OK, Bench

METER = Eui64(0x000D_6F00_0A00_0001)
KEY_ESTABLISHED = b"\x8a\x10"


def proof_by(certificate: Credentials | None) -> Callable[[Clock], Proof]:
    """Return what makes the proof of a module that was made with a certificate, or without."""

    def proof(clock: Clock) -> Proof:
        make = partial(FirmwareKeyEstablishment, randomness=Random(7), compute=at_once, clock=clock)
        return Proof(make, certificate)

    return proof


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
            by_itself = proof_by(self.certificate if has_certificate else None)(clock)

            def made(own: Any, endpoint: int, air: Any, keys: Any) -> Any:
                self.air = air
                return by_itself.make(own, endpoint, air, keys)

            return Proof(made, by_itself.certificate)

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
