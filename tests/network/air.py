"""The air as the devices package sees it: what lies outside of it, and remembers everything.

The remote devices on it answer with the real ZDO server.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.radio.radio import Counters, Incoming, Outgoing, TxStatus
from sebridge.radio.zdo_server import ZdoServer, node_descriptor
from sebridge.zcl.zdo import SimpleDescriptor, ZdoCommand


def address(number: int) -> Eui64:
    return Eui64.parse(f"00:0d:6f:00:0a:00:{number >> 8:02x}:{number & 0xFF:02x}")


def endpoint(
    number: int,
    servers: Iterable[int] = (),
    clients: Iterable[int] = (),
    profile: int = 0x0109,
    device_type: int = 0x0501,
) -> SimpleDescriptor:
    return SimpleDescriptor(
        endpoint=number,
        profile_id=profile,
        device_id=device_type,
        device_version=1,
        input_clusters=tuple(servers),
        output_clusters=tuple(clients),
    )


@dataclass
class Station:
    """A remote device: unreachable, silent to some questions, or answering with set octets."""

    number: int
    endpoints: list[SimpleDescriptor] = field(default_factory=lambda: [endpoint(1, [0, 0x0702])])
    sleepy: bool = False
    reachable: bool = True
    silent: set[int] = field(default_factory=set)
    answers: dict[int, bytes] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    @property
    def eui64(self) -> Eui64:
        return address(self.number)

    @property
    def nwk(self) -> int:
        return 0x1000 + self.number

    def falls_silent(self) -> None:
        self.silent = set(ZdoCommand)

    def answer(self, frame: Outgoing) -> tuple[int, bytes] | None:
        self.asked.append(frame.cluster_id)
        if frame.cluster_id in self.silent:
            return None
        if frame.cluster_id in self.answers:
            return frame.cluster_id | 0x8000, frame.data[:1] + self.answers[frame.cluster_id]
        node = node_descriptor(manufacturer_code=0x101E, is_sleepy=self.sleepy)
        server = ZdoServer(self.eui64, self.endpoints, node, {}, self.nwk)
        is_broadcast = isinstance(frame.destination, Broadcast)
        answer = server.answer(frame.cluster_id, frame.data, broadcast=is_broadcast)
        return None if answer is None else (answer.cluster_id, answer.data)

    def frame(self, cluster_id: int = 0x0702, endpoint_id: int = 1) -> Incoming:
        """Return a ZCL frame that the device sends."""
        return Incoming(
            self.eui64,
            self.nwk,
            0x0109,
            cluster_id,
            endpoint_id,
            0x5E,
            b"\x18\x01\x0a",
            lqi=200,
            rssi=-50,
        )

    def zdo(self, cluster_id: int, data: bytes) -> Incoming:
        """Return a ZDO frame that the device sends."""
        return Incoming(self.eui64, self.nwk, 0, cluster_id, 0, 0, data)


class Air:
    """A radio with remote devices behind it; all that is asked of it is in its lists."""

    def __init__(self, *stations: Station) -> None:
        self.stations = {station.eui64: station for station in stations}
        self.deliver: Callable[[Incoming], object] = lambda _frame: None
        self.sent: list[Outgoing] = []
        self.permits: list[int] = []
        self.admitted: tuple[set[Eui64], bool] = (set(), True)
        self.keys: list[tuple[Eui64, Secret]] = []
        self.established: list[tuple[Eui64, Secret, Counters]] = []
        self.forgotten: list[Eui64] = []
        self.sleepy: dict[Eui64, bool] = {}
        self.remembered: list[tuple[Eui64, int]] = []
        self.failure: Exception | None = None
        self.under_way = 0
        self.most_under_way = 0
        self.gate: asyncio.Event | None = None

    def add(self, station: Station) -> Station:
        self.stations[station.eui64] = station
        return station

    async def send(self, frame: Outgoing) -> None:
        self.sent.append(frame)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.gate is not None:
                await self.gate.wait()
            self._carry(frame)
        finally:
            self.under_way -= 1

    def _carry(self, frame: Outgoing) -> None:
        if self.failure is not None:
            raise self.failure
        if isinstance(frame.destination, Broadcast):
            listening = [s for s in self.stations.values() if s.reachable and not s.sleepy]
        else:
            station = self.stations.get(Eui64(frame.destination))
            if station is None or not station.reachable:
                raise DeliveryError(f"{frame.destination} is silent", TxStatus.NO_ACK)
            listening = [station]
        for station in listening:
            answer = station.answer(frame)
            if answer is not None:
                asyncio.get_running_loop().call_soon(self.deliver, station.zdo(*answer))

    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        self.permits.append(seconds)
        self.admitted = (set(awaited), others)
        if self.failure is not None:
            raise self.failure

    async def set_link_key(self, device: Eui64, key: Secret) -> None:
        self.keys.append((device, key))
        if self.failure is not None:
            raise self.failure

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        self.established.append((device, key, counters))
        if self.failure is not None:
            raise self.failure

    async def forget(self, device: Eui64) -> None:
        self.forgotten.append(device)
        if self.failure is not None:
            raise self.failure

    def remember(self, device: Eui64, nwk: int, *, is_sleepy: bool = False) -> None:
        self.sleepy[device] = is_sleepy
        self.remembered.append((device, nwk))

    def questions(self, device: Eui64) -> list[str]:
        """Return the names of the ZDO questions a device was sent."""
        return [ZdoCommand(f.cluster_id).name for f in self.sent if f.destination == device]


class Ears:
    """Everything that was told on a bus, in its order."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def __call__(self, signal: object) -> None:
        self.heard.append(signal)

    def take(self) -> list[object]:
        """Return what was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard
