"""A gateway's radio and devices on one simulated air, for the tests of the radio."""

from typing_extensions import override

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.radio.ether import AirFrame, Ether, Node
from sebridge.radio.ether_application import EtherApplication
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zdo_server import Binding
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.zdo import SimpleDescriptor

SE = 0x0109
HA = 0x0104
PRICE = 0x0700
METERING = 0x0702
LINK_KEY = Secret(bytes(range(16)))
SE_ENDPOINT = SimpleDescriptor(
    endpoint=0x5E,
    profile_id=SE,
    device_id=0x0500,
    device_version=0,
    input_clusters=(0x0000, PRICE),
    output_clusters=(METERING,),
)
HA_ENDPOINT = SimpleDescriptor(
    endpoint=0x01,
    profile_id=HA,
    device_id=0x0007,
    device_version=0,
    input_clusters=(0x0000,),
    output_clusters=(METERING,),
)
METER_ENDPOINT = SimpleDescriptor(
    endpoint=0x0A,
    profile_id=SE,
    device_id=0x0501,
    device_version=0,
    input_clusters=(0x0000, METERING),
    output_clusters=(PRICE,),
)


def eui64(number: int) -> Eui64:
    return Eui64(number)


METER = eui64(0x0E5E_B100_0000_1001)


class Ears:
    """What a listener of a radio has heard."""

    def __init__(self) -> None:
        self.frames: list[Incoming] = []
        self.arrivals: list[tuple[Eui64, int]] = []
        self.departures: list[Eui64] = []
        self.reasons: list[Exception] = []
        self.keys_gone: list[Eui64] = []

    def received(self, frame: Incoming) -> None:
        self.frames.append(frame)

    def joined(self, device: Eui64, nwk: int) -> None:
        self.arrivals.append((device, nwk))

    def left(self, device: Eui64) -> None:
        self.departures.append(device)

    def key_gone(self, device: Eui64) -> None:
        self.keys_gone.append(device)

    def lost(self, reason: Exception) -> None:
        self.reasons.append(reason)

    @property
    def last(self) -> Incoming:
        return self.frames[-1]

    def zcl(self) -> list[Incoming]:
        return [frame for frame in self.frames if frame.destination_endpoint != 0]


def report(
    destination: Eui64 | Broadcast,
    data: bytes = b"\x18\x01\x0a\x00\x00\x25\x01\x00\x00\x00\x00\x00",
    *,
    encrypted: bool = False,
) -> Outgoing:
    """Make a meter's attribute report for the gateway's Smart Energy endpoint."""
    return Outgoing(destination, SE, METERING, 0x0A, 0x5E, data, encrypted)


class ObservedEther(Ether):
    """An ether that shows who speaks for the gateway's stick."""

    def __init__(self, clock: VirtualClock, air: AirOptions) -> None:
        super().__init__(clock, air)
        self.application: EtherApplication | None = None

    @override
    def attach(self, node: Node, nwk: int) -> None:
        if isinstance(node, EtherApplication):
            self.application = node
        super().attach(node, nwk)


class Air:
    """A gateway's radio and as many stations as a test wants, with what each has heard."""

    def __init__(self, options: AirOptions | None = None) -> None:
        self.clock = VirtualClock()
        self.ether = ObservedEther(self.clock, options or AirOptions(delay=0))
        self.bindings: dict[Binding, bool] = {}
        self.sniffed: list[AirFrame] = []
        self.ether.watch(self.sniffed.append)
        self.ears = Ears()
        self.radio = self.new_radio()
        self.stations: list[SimulatedRadio] = []

    def new_radio(self) -> ZigpyRadio:
        return make_radio(
            RadioOptions(),
            [SE_ENDPOINT, HA_ENDPOINT],
            self.bindings,
            self.clock,
            NetworkGuard({}),
            self.ether,
        )

    @property
    def application(self) -> EtherApplication:
        """Zigpy's application of the stick, since its start."""
        assert self.ether.application is not None
        return self.ether.application

    @property
    def gateway(self) -> Eui64:
        return self.radio.network.address

    def station(self, address: Eui64 = METER, key: Secret = LINK_KEY) -> SimulatedRadio:
        station = SimulatedRadio(self.ether, address, key, [METER_ENDPOINT], {})
        self.stations.append(station)
        return station

    async def join(self, station: SimulatedRadio, ears: Ears | None = None) -> Ears:
        """Register the link key, open the network, and let the station in."""
        ears = ears or Ears()
        await self.radio.set_link_key(station.address, LINK_KEY)
        await self.radio.permit_joining(60)
        await station.start(ears)
        await self.clock.settle()
        return ears

    async def stop(self) -> None:
        for station in self.stations:
            await station.stop()
        await self.radio.stop()
