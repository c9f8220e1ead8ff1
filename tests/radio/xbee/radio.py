"""An XBee module on TCP, and the radio that drives it through the real zigpy-xbee."""

import dataclasses

from sebridge.base.clock import VirtualClock
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from tests.patience import until
from tests.radio.simulated_air import HA_ENDPOINT, METER, SE_ENDPOINT, Ears
from tests.radio.xbee.module import XBeeModule


class XBeeBench:
    """A module, the radio that drives it, and what was heard through it."""

    def __init__(self) -> None:
        self.module = XBeeModule()
        self.ears = Ears()
        self.clock = VirtualClock()
        self.radio: ZigpyRadio
        self.path = ""

    async def connect(self) -> None:
        self.path = await self.module.start()
        self.configure(RadioOptions())

    def configure(self, options: RadioOptions) -> None:
        """Drive the module by this configuration."""
        options = dataclasses.replace(options, type="xbee", path=self.path)
        self.radio = make_radio(
            options, [SE_ENDPOINT, HA_ENDPOINT], {}, self.clock, NetworkGuard({})
        )

    async def start(self) -> None:
        await self.radio.start(self.ears)
        self.radio.remember(METER, 0x1234)
        self.module.sent.clear()

    async def hear(self, frame: str) -> None:
        """Let the module receive a frame, and wait until it has come through."""
        self.module.receive(bytes.fromhex(frame))
        before = self.radio.counters.received
        await until(lambda: self.radio.counters.received != before)
