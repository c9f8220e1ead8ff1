"""The product's own emulated XBee behind a TCP port, and the radio that drives it."""

import dataclasses
from random import Random

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SimulatedClock, VirtualClock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.xbee.firmware import ZIGBEE, Firmware
from sebridge.simulator.modules.xbee.module import XbeeModule
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import HA_ENDPOINT, METER, METER_ENDPOINT, SE_ENDPOINT, Ears

_SPEED = 50  # of the module's time: it takes 1.5 s to form a network


class XbeeStick:
    """A module that was used before, so that it speaks escaped frames; and a meter."""

    def __init__(self, firmware: Firmware = ZIGBEE) -> None:
        clock = SimulatedClock(_SPEED)
        self.firmware = firmware
        self.ether = Ether(clock, AirOptions(delay=0))
        self.drawers = Drawers()
        self.drawers("xbee_registers", str, Secret)["AP"] = Secret(b"\x02")
        self.module = XbeeModule(
            self.ether,
            self.drawers,
            clock=clock,
            line_clock=clock,
            seed=Random(7),
            bus=SignalBus(strict=True),
            firmware=firmware,
        )
        self.port = ModulePort(self.module, "127.0.0.1", 0)
        self.clock = VirtualClock()
        self.ears = Ears()
        self.meters_ears = Ears()
        self.radio: ZigpyRadio
        self.meter: SimulatedRadio | None = None

    async def plug_in(self, options: RadioOptions | None = None) -> None:
        """Give the module power, and have a radio drive it by this configuration."""
        await self.port.start()
        await self.module.start()
        path = f"socket://127.0.0.1:{self.port.port}"
        options = dataclasses.replace(options or RadioOptions(), type="xbee", path=path)
        self.radio = make_radio(
            options, [SE_ENDPOINT, HA_ENDPOINT], {}, self.clock, NetworkGuard({})
        )

    async def start(self) -> None:
        await self.radio.start(self.ears)

    async def let_in(self, key: Secret) -> None:
        """Let the meter join with a key that the radio is told of."""
        await self.radio.set_link_key(METER, key)
        await self.radio.permit_joining(60)
        self.meter = SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})
        await self.meter.start(self.meters_ears)
        self.radio.remember(METER, self.meter.network.nwk)

    @property
    def link_keys(self) -> dict[Eui64, Secret]:
        assert self.ether.network is not None
        return self.ether.network.link_keys

    async def stop(self) -> None:
        await self.radio.stop()
        await self.port.stop()
        if self.meter is not None:
            await self.meter.stop()
        await self.module.stop()
