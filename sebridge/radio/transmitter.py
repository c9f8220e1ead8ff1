"""Send frames through a zigpy application, and say in our words why one was not delivered."""

from typing import Final

import msgspec
from zigpy.exceptions import DeliveryError as ZigpyDeliveryError, SendError
import zigpy.types as t

from sebridge.base.addresses import Broadcast, Eui64, Group, is_unicast
from sebridge.base.errors import DeliveryError, NotTakenError
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.passive import PassiveApplication, reason_of
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.zcl.zdo import ZdoCommand, encode

_HIGHEST_STATUS: Final = 0xFF
_ACKNOWLEDGED: Final = t.TransmitOptions.ACK
_ENCRYPTED: Final = t.TransmitOptions.ACK | t.TransmitOptions.APS_Encryption


class RadioCounters(msgspec.Struct):
    """Counts since the radio was started."""

    received: int = 0
    sent: int = 0
    undelivered: int = 0
    duplicates: int = 0  # the same frame again within two seconds
    held: int = 0  # waited for the EUI-64 of their sender
    dropped_unknown: int = 0  # the EUI-64 of their sender was not found in time
    malformed_zdo: int = 0
    skipped: int = 0  # damaged, short, late or unknown frames of the radio itself
    unanswered_zdo: int = 0  # an answer could not be delivered, or too many were under way


class Transmitter:
    """Turn an Outgoing into a packet of zigpy's, and zigpy's errors into DeliveryError."""

    def __init__(
        self, application: PassiveApplication, counters: RadioCounters, recorder: FrameRecorder
    ) -> None:
        self._application = application
        self._counters = counters
        self._recorder = recorder

    async def send(self, frame: Outgoing, nwk: int, *, is_patient: bool = False) -> None:
        """Send to a network address, or to the number of a group; return when it was acknowledged.

        What goes to many is not acknowledged, and sent when this returns. Who `is_patient` gives
        the device the time in which a sleepy one asks for what there is for it.
        """
        application, recorder = self._application, self._recorder
        is_group = isinstance(frame.destination, Group)
        one = is_unicast(nwk) and not is_group
        delivery = None
        if recorder.is_on:
            device = frame.destination if isinstance(frame.destination, Eui64) else None
            delivery = recorder.sent(device, nwk, frame, broadcast=not one)
        if one:
            destination = t.AddrModeAddress(t.AddrMode.NWK, t.NWK(nwk))
            options = _ENCRYPTED if frame.encrypted else _ACKNOWLEDGED
        elif is_group:
            destination = t.AddrModeAddress(t.AddrMode.Group, t.Group(nwk))
            options = t.TransmitOptions.NONE
        else:
            destination = t.AddrModeAddress(t.AddrMode.Broadcast, t.BroadcastAddress(nwk))
            options = t.TransmitOptions.NONE
        packet = t.ZigbeePacket(
            src=t.AddrModeAddress(t.AddrMode.NWK, application.state.node_info.nwk),
            src_ep=t.uint8_t(frame.source_endpoint),
            dst=destination,
            dst_ep=t.uint8_t(frame.destination_endpoint),
            tsn=t.uint8_t(application.get_sequence()),
            profile_id=t.uint16_t(frame.profile_id),
            cluster_id=t.uint16_t(frame.cluster_id),
            data=t.SerializableBytes(frame.data),
            tx_options=options,
            extended_timeout=is_patient,
        )
        try:
            await application.send_packet(packet)
        except application.driver_errors as error:
            self._counters.undelivered += 1
            # who knows what became of a frame has taken it
            is_known = isinstance(error, (ZigpyDeliveryError, TimeoutError))
            is_taken = is_known and not isinstance(error, SendError)
            kind = DeliveryError if is_taken else NotTakenError
            status = _status(error)
            if delivery is not None:
                delivery.ended(status)
            raise kind(f"not delivered: {reason_of(error)}", status) from error
        if delivery is not None:
            delivery.ended(TxStatus.SUCCESS)
        self._counters.sent += 1

    async def ask(self, nwk: int, command: ZdoCommand, *fields: object) -> None:
        """Send a ZDO question; its answer comes in like every other."""
        data = encode(command, self._application.get_sequence(), *fields)
        await self.send(zdo_frame(Broadcast.LISTENING, command, data), nwk)


def zdo_frame(destination: Eui64 | Broadcast, cluster_id: int, data: bytes) -> Outgoing:
    """Return a frame from endpoint 0 to endpoint 0 in profile 0."""
    return Outgoing(destination, 0, cluster_id, 0, 0, data)


def _status(error: Exception) -> int:
    """Return the ZigBee status behind an error; newer stacks' own numbers mean no answer."""
    status = error.status if isinstance(error, ZigpyDeliveryError) else None
    if status is not None and TxStatus.SUCCESS < int(status) <= _HIGHEST_STATUS:
        return int(status)
    return TxStatus.NO_ACK
