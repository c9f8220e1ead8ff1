"""Metering plugs on the air of an emulated stick that cost nearly nothing: they answer, and wait.

They are of the Home Automation profile, and say that they are of a kind which gateways know.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from sebridge.base.addresses import UNKNOWN_NWK, Eui64
from sebridge.features.metering import scale as metering
from sebridge.gateway import general_commands
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import BASIC, HA_PROFILE, IDENTIFY, METERING, TIME
from sebridge.zcl.metering import DEVICE_TYPE
from sebridge.zcl.reporting import write_reporting_statuses
from sebridge.zcl.status import Status
from sebridge.zcl.zdo import SimpleDescriptor

ENDPOINT: Final = 2
_POWER: Final = 0x0001
_OTA: Final = 0x0019
_METER_INTERFACE: Final = 0x0053
_ADDRESSES: Final = 0x0015BC00_02001000  # of the maker of that kind

_DESCRIPTOR: Final = SimpleDescriptor(
    endpoint=ENDPOINT,
    profile_id=HA_PROFILE,
    device_id=_METER_INTERFACE,
    input_clusters=(BASIC, _POWER, IDENTIFY, METERING),
    output_clusters=(TIME, _OTA),
)
_ATTRIBUTES: Final = {
    BASIC: LocalAttributes(
        [
            LocalAttribute(0x0000, 0x20, 3),
            LocalAttribute(0x0001, 0x20, 1),
            LocalAttribute(0x0002, 0x20, 1),
            LocalAttribute(0x0003, 0x20, 3),
            LocalAttribute(0x0004, 0x42, "frient A/S"),
            LocalAttribute(0x0005, 0x42, "EMIZB-141"),
            LocalAttribute(0x0006, 0x42, "20240101"),
            LocalAttribute(0x0007, 0x30, 1),
            LocalAttribute(0x4000, 0x42, "1.0.0"),
        ]
    ),
    _POWER: LocalAttributes(
        [LocalAttribute(0x0020, 0x20, 30), LocalAttribute(0x0021, 0x20, 180)]  # battery
    ),
    METERING: LocalAttributes(
        [
            LocalAttribute(metering.SUMMATION_DELIVERED, 0x25, 1000),
            LocalAttribute(metering.STATUS, 0x18, 0),
            LocalAttribute(metering.UNIT_OF_MEASURE, 0x30, 0),
            LocalAttribute(metering.MULTIPLIER, 0x22, 1),
            LocalAttribute(metering.DIVISOR, 0x22, 1000),
            LocalAttribute(metering.SUMMATION_FORMATTING, 0x18, 0x2B),
            LocalAttribute(DEVICE_TYPE, 0x18, 0),
            LocalAttribute(metering.INSTANTANEOUS_DEMAND, 0x2A, 450),
        ]
    ),
}
_NONE: Final = LocalAttributes([])
_SILENT: Final = frozenset({zcl.DEFAULT_RESPONSE, zcl.REPORT_ATTRIBUTES})


class Plug:
    """A plug; `is_set_up` tells whether somebody has asked it for reports of its meter.

    It says of itself what its `descriptor` has, and answers with the `attributes` of each cluster.
    """

    def __init__(
        self,
        ether: Ether,
        number: int,
        descriptor: SimpleDescriptor = _DESCRIPTOR,
        attributes: Mapping[int, LocalAttributes] = _ATTRIBUTES,
    ) -> None:
        self._attributes = attributes
        self._address = Eui64(_ADDRESSES + number)
        self._nwk = UNKNOWN_NWK
        self.radio = SimulatedRadio(ether, self._address, WELL_KNOWN_KEY, [descriptor], {})
        self.is_set_up = False
        self._answers: set[asyncio.Task[None]] = set()

    async def join(self) -> None:
        """Come into the network."""
        await self.radio.start(self)
        self._nwk = self.radio.network.nwk

    def report(self, number: int) -> AirFrame:
        """Return a report of summation and demand; both are the number, below 2**23."""
        data = (
            bytes((0x18, number & 0xFF, zcl.REPORT_ATTRIBUTES))
            + b"\x00\x00\x25"
            + number.to_bytes(6, "little")
            + b"\x00\x04\x2a"
            + number.to_bytes(3, "little")
        )
        return AirFrame(self._address, self._nwk, 0, HA_PROFILE, METERING, ENDPOINT, 1, data)

    # ------------------------------------------------------------------ what it hears

    def received(self, frame: Incoming) -> None:
        """Answer what is asked while reports are set up."""
        header = Frame.parse(frame.data)
        found = self.answer(frame.cluster_id, header)
        if found is None or frame.broadcast:
            return
        back = Frame(
            found[0],
            header.sequence,
            found[1],
            from_server=not header.from_server,
            no_default_response=True,
        )
        answer = Outgoing(
            frame.source,
            frame.profile_id,
            frame.cluster_id,
            frame.destination_endpoint,
            frame.source_endpoint,
            back.serialize(),
        )
        task = asyncio.create_task(self.radio.send(answer))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def answer(self, cluster_id: int, header: Frame) -> tuple[int, bytes] | None:
        """Return command and payload of the answer to a frame; None where there is none."""
        if header.cluster_specific:
            return zcl.DEFAULT_RESPONSE, bytes((header.command_id, Status.UNSUP_CLUSTER_COMMAND))
        if header.command_id in _SILENT:
            return None
        if header.command_id == zcl.CONFIGURE_REPORTING:
            self.is_set_up = self.is_set_up or cluster_id == METERING
            return zcl.CONFIGURE_REPORTING_RESPONSE, write_reporting_statuses([])
        attributes = self._attributes.get(cluster_id, _NONE)
        return general_commands.answer(header.command_id, attributes, header.payload)

    def joined(self, device: Eui64, nwk: int) -> None:
        """Do nothing when others join."""

    def left(self, device: Eui64) -> None:
        """Do nothing when put out."""

    def key_gone(self, device: Eui64) -> None:
        """Do nothing: only the coordinator is told."""

    def lost(self, reason: Exception) -> None:
        """Do nothing when the network is gone."""
