"""Say a recorded frame once more, on the simulated air: nothing else may hear what was not said."""

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.radio.ether import Ether
from sebridge.radio.frame_recorder import RecordedFrame
from sebridge.radio.radio import Outgoing, Radio
from sebridge.radio.simulated_radio import SimulatedRadio


async def replay(frame: RecordedFrame, radio: Radio, ether: Ether | None) -> None:
    """Have whoever sent a frame to this radio, or the radio itself, send it again.

    It goes under the link key that is in use now, and as a new frame; the same once more within two
    seconds is not heard. RefusedError without a simulated air, NotJoinedError where its sender is
    not on it, DeliveryError where nobody acknowledges.
    """
    if ether is None:
        raise RefusedError(
            "frames are replayed into the simulated air only; this radio has another"
        )
    if frame.is_incoming:
        sender = None if frame.device is None else ether.node_of(frame.device)
        if not isinstance(sender, SimulatedRadio):
            whose = f"{frame.nwk:04x}" if frame.device is None else str(frame.device)
            raise NotJoinedError(f"{whose} is no simulated device that is switched on")
        to = Broadcast.LISTENING if frame.broadcast else radio.network.address
        await sender.send(_outgoing(frame, to))
    else:
        to = frame.device if frame.device is not None else _many(frame)
        await radio.send(_outgoing(frame, to))


def _many(frame: RecordedFrame) -> Broadcast:
    if frame.nwk not in set(Broadcast):
        raise RefusedError(f"whose network address {frame.nwk:04x} is, was not recorded")
    return Broadcast(frame.nwk)


def _outgoing(frame: RecordedFrame, destination: Eui64 | Broadcast) -> Outgoing:
    return Outgoing(
        destination,
        frame.profile_id,
        frame.cluster_id,
        frame.source_endpoint,
        frame.destination_endpoint,
        frame.data,
        frame.encrypted,
    )
