"""Meters for the simulated air that cost nearly nothing: they answer questions, and wait."""

from typing import Final

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.features.metering import scale as metering
from sebridge.gateway import general_commands
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.descriptors import Node_Desc_rsp, Power_Desc_rsp, Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import Arrival
from sebridge.radio.key_ring import Lock
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import METERING, METERING_DEVICE, SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.metering import DEVICE_TYPE
from sebridge.zcl.reporting import write_reporting_statuses
from sebridge.zcl.zdo import LogicalType, ZdoCommand, ZdoStatus

ENDPOINT: Final = 1
_FIRST_NWK: Final = 0x1000
_ADDRESSES: Final = 0x001350BE_00000000
_LISTENS: Final = 0x0C  # MAC capability flags: mains powered, receiver on when idle

_REGISTERS: Final = LocalAttributes(
    [
        LocalAttribute(metering.SUMMATION_DELIVERED, 0x25, 1000),
        LocalAttribute(metering.STATUS, 0x18, 0),
        LocalAttribute(metering.UNIT_OF_MEASURE, 0x30, 0),
        LocalAttribute(metering.MULTIPLIER, 0x22, 1),
        LocalAttribute(metering.DIVISOR, 0x22, 1000),
        LocalAttribute(metering.SUMMATION_FORMATTING, 0x18, 0xFB),
        LocalAttribute(DEVICE_TYPE, 0x18, 0),
        LocalAttribute(metering.INSTANTANEOUS_DEMAND, 0x2A, 450),
    ]
)
"""What every meter answers while the bridge sets up its reports."""


class Meter:
    """A meter on the air. All chance and all time are with whoever lets it report."""

    __slots__ = ("_ether", "address", "key", "nwk")

    def __init__(self, ether: Ether, number: int) -> None:
        self._ether = ether
        self.address = Eui64(_ADDRESSES + number)
        self.nwk = _FIRST_NWK + number
        self.key = Secret(number.to_bytes(16, "big"))

    def report(self, sequence: int, summation: int, demand: int) -> AirFrame:
        """Return one report: summation and demand in one frame, encrypted."""
        data = (
            bytes((0x18, sequence & 0xFF, zcl.REPORT_ATTRIBUTES))
            + b"\x00\x00\x25"
            + summation.to_bytes(6, "little")
            + b"\x00\x04\x2a"
            + demand.to_bytes(3, "little", signed=True)
        )
        return self._frame(SE_PROFILE, METERING, ENDPOINT, SE_ENDPOINT, data)

    def hear(self, frame: AirFrame, _lqi: int, _rssi: int) -> bool:
        """Answer what is asked while reports are set up."""
        if frame.profile_id == SE_PROFILE:
            self._answer(frame)
        elif frame.cluster_id == ZdoCommand.Bind_req:
            data = bytes((frame.data[0], ZdoStatus.SUCCESS))
            self._say(self._frame(0, ZdoCommand.Bind_rsp, 0, 0, data))
        return True

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        """Do nothing when others join."""

    def left(self, device: Eui64) -> None:
        """Do nothing when told to leave."""

    def network_lost(self) -> None:
        """Never happens here."""

    def rekey(self, key: Secret) -> None:
        """Never happens here."""

    def share(self, partner: Eui64, key: Secret) -> None:
        """Do nothing with the keys of others."""

    def _answer(self, frame: AirFrame) -> None:
        header = Frame.parse(frame.data)
        if header.cluster_specific or header.command_id == zcl.DEFAULT_RESPONSE:
            return
        if header.command_id == zcl.CONFIGURE_REPORTING:
            found = (zcl.CONFIGURE_REPORTING_RESPONSE, write_reporting_statuses([]))
        else:
            answer = general_commands.answer(header.command_id, _REGISTERS, header.payload)
            assert answer is not None
            found = answer
        back = Frame(*_numbered(found, header), from_server=True, no_default_response=True)
        own, theirs = frame.destination_endpoint, frame.source_endpoint
        self._say(self._frame(SE_PROFILE, frame.cluster_id, own, theirs, back.serialize()))

    def _say(self, frame: AirFrame) -> None:
        coordinator = self._ether._nodes[0]
        self._ether._later(lambda: coordinator.hear(frame, 200, -60))

    def _frame(
        self, profile_id: int, cluster_id: int, source: int, destination: int, data: bytes
    ) -> AirFrame:
        lock = Lock(self.key) if profile_id == SE_PROFILE else None
        return AirFrame(
            self.address, self.nwk, 0, profile_id, cluster_id, source, destination, data, lock
        )


def _numbered(found: tuple[int, bytes], header: Frame) -> tuple[int, int, bytes]:
    return found[0], header.sequence, found[1]


async def settle(bridge: Process, count: int, *, beyond: int = 0) -> list[Meter]:
    """Put meters on the bridge's air, known and active, as if they had joined long ago.

    Those `beyond` the first so many are put there, and returned.
    """
    ether = bridge.ether
    assert ether is not None
    assert ether.network is not None
    gateway = bridge.gateway
    meters = [Meter(ether, number) for number in range(beyond, count)]
    for meter in meters:
        ether.attach(meter, meter.nwk)
        ether.network.link_keys[meter.address] = meter.key
        gateway.radio.remember(meter.address, meter.nwk)
        gateway.directory.put(_known(meter))
        gateway.directory.activate(meter.address)
    return meters


def _known(meter: Meter) -> KnownDevice:
    simple = Simple_Desc_rsp(
        status=0,
        nwk_addr=meter.nwk,
        endpoint_id=ENDPOINT,
        profile_id=SE_PROFILE,
        device_id=METERING_DEVICE,
        device_version=0,
        input_clusters=(METERING,),
        output_clusters=(),
    )
    node = Node_Desc_rsp(
        status=0,
        nwk_addr=meter.nwk,
        logical_type=int(LogicalType.ROUTER),
        mac_capability_flags=_LISTENS,
        manufacturer_code=0x1234,
    )
    return KnownDevice(
        eui64=meter.address,
        nwk=meter.nwk,
        manufacturer="benchmark",
        model="meter",
        active_endpoints=(ENDPOINT,),
        node_descriptor=node,
        power_descriptor=Power_Desc_rsp(status=0, nwk_addr=meter.nwk),
        simple_descriptors={ENDPOINT: simple},
    )
