"""Simulated XBee modules: one with something at its serial port, one that measures temperature."""

import logging
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import NOBODY
from sebridge.base.errors import DeliveryError, ParameterError
from sebridge.base.service import Service
from sebridge.features.serial_nodes.samples import sample_of, write_analogue
from sebridge.gateway.serial_nodes import MOST_OCTETS
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.simulator.modules.xbee.identity import Reason, identity
from sebridge.simulator.modules.xbee.registers import AtStatus
from sebridge.simulator.modules.xbee.remote_frames import (
    REQUEST,
    RESPONSE,
    RemoteQuestion,
    RemoteReply,
    read_question,
)
from sebridge.simulator.vocabulary import (
    NOTHING,
    SERIAL_NODE,
    XBEE_SENSOR,
    SimulatedHost,
    SimulatedPart,
)
from sebridge.zcl import digi

_LOGGER = logging.getLogger(__name__)

DISCOVERY: Final = b"ND"
SENSOR_INPUT: Final = 2
"""The analogue input of an XBee Sensor that measures temperature."""
MOST_BUFFERED: Final = 65_536
"""Octets that wait to be sent, of a simulated serial port; what comes then is lost, as there."""
MOST_SHOWN: Final = 1_024
"""Octets that were heard last, for who looks at the port."""
_DAY: Final = 86_400  # seconds
_LONGEST_NAME: Final = 20
_LATEST_ANSWER: Final = 2.0  # seconds, so that not all answer at the same time
_COLDEST, _WARMEST = -50.0, 70.0  # of the sensor


class _Module(msgspec.Struct, frozen=True):
    """What is settled of a module; `node_id` is its name (NI), else that of the device."""

    node_id: str = ""
    every: float = 60.0

    def __post_init__(self) -> None:
        """Raise ParameterError for what there is not."""
        if len(self.node_id) > _LONGEST_NAME or not self.node_id.isascii():
            raise ParameterError("node_id", f"must be {_LONGEST_NAME} ASCII characters at most")
        if not 1 <= self.every <= _DAY:
            raise ParameterError("every", f"must be 1..{_DAY} seconds")


class SerialSettings(_Module, frozen=True):
    """What is at the serial port: it echoes, and says something once in so many seconds."""

    echo: bool = True
    says: str = ""


class SensorSettings(_Module, frozen=True):
    """How warm it is at the sensor, in degrees C, which is told once in so many seconds."""

    temperature: float = 21.0

    @override
    def __post_init__(self) -> None:
        """Raise ParameterError for what there is not."""
        super().__post_init__()
        if not _COLDEST <= self.temperature <= _WARMEST:
            raise ParameterError("temperature", f"must be {_COLDEST:g}..{_WARMEST:g}")


class _Line(Service):
    """Sends to the coordinator, in order, and answers who looks for modules."""

    def __init__(self, host: SimulatedHost, node_id: str) -> None:
        super().__init__()
        self._host = host
        name = node_id or host.name.encode("ascii", "replace").decode("ascii")
        self._node_id = name[:_LONGEST_NAME].encode("ascii")

    async def send(self, cluster_id: int, octets: bytes) -> None:
        """Send to the coordinator, as a module does whose DH and DL are 0."""
        station = self._host.station
        coordinator = station.network.trust_center or NOBODY  # then the air says that it is off
        ends = (digi.DATA_ENDPOINT, digi.DATA_ENDPOINT)
        await station.send(Outgoing(coordinator, digi.PROFILE, cluster_id, *ends, octets))

    def takes(self, frame: Incoming) -> bool:
        """Answer who looks for modules; say whether a frame was for the module itself."""
        if frame.profile_id != digi.PROFILE or frame.destination_endpoint != digi.COMMAND_ENDPOINT:
            return False
        asked = read_question(frame.data) if frame.cluster_id == REQUEST else None
        if asked is not None:
            self.spawn(self._answer(frame, asked), "answer")
        return True

    async def _answer(self, frame: Incoming, asked: RemoteQuestion) -> None:
        if asked.name != DISCOVERY:
            reply = RemoteReply(asked.number, asked.name, AtStatus.INVALID_COMMAND)
        elif asked.value in {b"", self._node_id}:
            own = self._host.station.network
            told = identity(own.address, own.nwk, self._node_id, Reason.ASKED, is_router=True)
            reply = RemoteReply(asked.number, asked.name, AtStatus.OK, told)
        else:
            return
        ends = (digi.COMMAND_ENDPOINT, digi.COMMAND_ENDPOINT)
        await self._host.clock.sleep(self._host.random.random() * _LATEST_ANSWER)
        try:
            await self._host.station.send(
                Outgoing(frame.source, digi.PROFILE, RESPONSE, *ends, reply.serialize())
            )
        except DeliveryError as error:
            _LOGGER.debug("%s: not answered: %s", self._host.name, error)


class SerialDevice(_Line):
    """What is at the serial port of a simulated module; `heard` are the octets that came last."""

    def __init__(self, host: SimulatedHost, settings: SerialSettings) -> None:
        super().__init__(host, settings.node_id)
        self._settings = settings
        self._clock = host.clock
        self._buffer = bytearray()
        self._is_sending = False
        self.heard = b""

    @property
    def waiting(self) -> int:
        """How many octets wait to be sent."""
        return len(self._buffer)

    @override
    async def run(self) -> None:
        """Say something from time to time, if there is anything to say."""
        if not self._settings.says:
            await super().run()
        while True:
            await self._clock.sleep(self._settings.every)
            self.say(self._settings.says.encode() + b"\r\n")

    @override
    def takes(self, frame: Incoming) -> bool:
        """Take octets for the port; say whether a frame was any, or for the module itself."""
        ends = frame.profile_id, frame.destination_endpoint, frame.cluster_id
        if ends != (digi.PROFILE, digi.DATA_ENDPOINT, digi.SERIAL_DATA):
            return super().takes(frame)
        self.heard = (self.heard + frame.data)[-MOST_SHOWN:]
        if self._settings.echo:
            self.say(frame.data)
        return True

    def say(self, octets: bytes) -> None:
        """Have the device at the port say something."""
        self._buffer += octets[: MOST_BUFFERED - len(self._buffer)]
        if not self._is_sending:
            self._is_sending = True
            self.spawn(self._send_all(), "serial data")

    async def _send_all(self) -> None:
        try:
            while self._buffer:
                octets = bytes(self._buffer[:MOST_OCTETS])
                del self._buffer[: len(octets)]
                await self._try_to_send(octets)
        finally:
            self._is_sending = False

    async def _try_to_send(self, octets: bytes) -> None:
        try:
            await self.send(digi.SERIAL_DATA, octets)
        except DeliveryError as error:
            _LOGGER.debug("octets of a serial port are lost: %s", error)


class TemperatureModule(_Line):
    """Measures a room, and tells how warm it is."""

    def __init__(self, host: SimulatedHost, settings: SensorSettings) -> None:
        super().__init__(host, settings.node_id)
        self._every = settings.every
        self._clock = host.clock
        self.temperature = settings.temperature

    @override
    async def run(self) -> None:
        """Tell a sample, and again from time to time."""
        while True:
            await self._tell()
            await self._clock.sleep(self._every)

    async def _tell(self) -> None:
        sample = write_analogue({SENSOR_INPUT: sample_of(self.temperature)})
        try:
            await self.send(digi.IO_SAMPLE, sample)
        except DeliveryError as error:
            _LOGGER.debug("a sample is lost: %s", error)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a module its serial port, or its sensor."""
    if host.kind is SERIAL_NODE:
        device = SerialDevice(host, host.options.read(SerialSettings))
        return SimulatedPart(
            services=(device,),
            takes=device.takes,
            views=(device,),
            measured={"heard": lambda: device.heard.decode("ascii", "replace")},
        )
    if host.kind is XBEE_SENSOR:
        sensor = TemperatureModule(host, host.options.read(SensorSettings))
        return SimulatedPart(
            services=(sensor,),
            takes=sensor.takes,
            views=(sensor,),
            measured={"temperature": lambda: sensor.temperature},
        )
    return NOTHING
