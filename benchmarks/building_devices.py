"""A building full of meters on the simulated air, each of which costs nearly nothing.

They join, are interviewed, have their reports set up, drop, return, and lose their power all at
once. What they send goes over the air like all else: with its loss, its delay and its repetitions.
"""

import asyncio
from collections.abc import Coroutine, Iterable
import contextlib
from typing import Any, Final

from typing_extensions import override

from benchmarks.meters import ENDPOINT, Meter
from sebridge.base.errors import DeliveryError
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import Arrival
from sebridge.radio.zdo_server import MAINS_POWERED, node_descriptor
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, METERING, METERING_DEVICE, SE_PROFILE
from sebridge.zcl.zdo import (
    ANSWER_BIT,
    MacCapability,
    SimpleDescriptor,
    ZdoCommand,
    ZdoStatus,
    decode,
    encode,
)

_NODE: Final = node_descriptor()
_SIMPLE: Final = SimpleDescriptor(
    endpoint=ENDPOINT,
    profile_id=SE_PROFILE,
    device_id=METERING_DEVICE,
    input_clusters=(KEY_ESTABLISHMENT, METERING),
)
_SIMPLE_SERVERS: Final = frozenset(_SIMPLE.input_clusters)
_CAPABILITIES: Final = (
    MacCapability.FULL_FUNCTION_DEVICE
    | MacCapability.MAINS_POWERED
    | MacCapability.RECEIVES_WHEN_IDLE
)
_TRIES: Final = 10
"""How often a device begins anew with a frame that the air has swallowed."""


class BuildingMeter(Meter):
    """A meter that tells what it is, and answers the refresh of all; `building` is where it is."""

    __slots__ = ("_building", "is_answering")

    def __init__(self, building: "Building", number: int) -> None:
        super().__init__(building.ether, number)
        self._building = building
        self.is_answering = True

    @override
    def hear(self, frame: AirFrame, _lqi: int, _rssi: int) -> bool:
        """Answer what is asked, if it is on."""
        if frame.profile_id != 0:
            return super().hear(frame, _lqi, _rssi)
        found = self._told(frame)
        if found is not None:
            command, sequence = ZdoCommand(frame.cluster_id | ANSWER_BIT), frame.data[0]
            data = encode(command, sequence, ZdoStatus.SUCCESS, *found)
            self._say(self._frame(0, command, 0, 0, data))
        return True

    def _told(self, frame: AirFrame) -> tuple[object, ...] | None:
        if frame.cluster_id == ZdoCommand.Match_Desc_req:
            _, fields = decode(ZdoCommand.Match_Desc_req, frame.data)
            is_match = not _SIMPLE_SERVERS.isdisjoint(fields["InClusterList"])
            return (self.nwk, (ENDPOINT,)) if is_match else None
        answers: dict[int, tuple[object, ...]] = {
            ZdoCommand.Node_Desc_req: (self.nwk, _NODE),
            ZdoCommand.IEEE_addr_req: (self.address, self.nwk),
            ZdoCommand.Power_Desc_req: (self.nwk, MAINS_POWERED),
            ZdoCommand.Active_EP_req: (self.nwk, (ENDPOINT,)),
            ZdoCommand.Simple_Desc_req: (self.nwk, _SIMPLE),
            ZdoCommand.Bind_req: (),
        }
        return answers.get(frame.cluster_id)

    def announcement(self) -> AirFrame:
        """Return what it tells all when it is back."""
        data = encode(ZdoCommand.Device_annce, 0, self.nwk, self.address, int(_CAPABILITIES))
        return self._frame(0, ZdoCommand.Device_annce, 0, 0, data)

    @override
    def _say(self, frame: AirFrame) -> None:
        self._building.send(frame)


class Building:
    """Meters on an air, by number; `lost` counts frames that never arrived."""

    def __init__(self, ether: Ether, count: int) -> None:
        self.ether = ether
        self.lost = 0
        self.meters = [BuildingMeter(self, number) for number in range(count)]
        self._tasks: set[asyncio.Task[Any]] = set()

    async def join(self, meters: Iterable[BuildingMeter]) -> None:
        """Have them let in, as devices whose keys were told beforehand; the network is open."""
        for meter in meters:
            meter.nwk = await self.ether.join(meter, meter.key)

    def drop(self, meter: BuildingMeter, *, with_notice: bool) -> None:
        """Take a meter off the air; it stays a member. With notice, the coordinator hears of it."""
        self.ether.detach(meter)
        if with_notice:
            self.ether._nodes[0].left(meter.address)

    def come_back(self, meter: BuildingMeter, *, has_left: bool = False) -> None:
        """Have a meter come back on its address and announce itself to the coordinator.

        One that `has_left` rejoins first, as the coordinator's stack tells.
        """
        self.ether.attach(meter, meter.nwk)
        if has_left:
            self.ether._nodes[0].joined(meter.address, meter.nwk, Arrival.SECURED_REJOIN)
        self.send(meter.announcement())

    def send(self, frame: AirFrame) -> None:
        """Put a frame on the air."""
        self._spawn(self._send(frame))

    async def _send(self, frame: AirFrame) -> None:
        for _ in range(_TRIES):
            if self.ether.nwk_of(frame.source) is None:
                return  # its device is off
            with contextlib.suppress(DeliveryError):
                await self.ether.send(frame)
                return
        self.lost += 1

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
