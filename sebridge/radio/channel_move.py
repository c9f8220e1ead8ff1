"""Take a network to another channel: tell its devices, move the stick, and look that it did."""

from collections.abc import Collection
from typing import Final

import zigpy.types as t
import zigpy.util

from sebridge.base.addresses import Broadcast
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError
from sebridge.radio.channel_change import TOLD, TOLD_EVERY, announcement
from sebridge.radio.passive import PassiveApplication, reason_of
from sebridge.radio.transmitter import Transmitter, zdo_frame
from sebridge.zcl.zdo import ZdoCommand

_LOOKS: Final = 15
_LOOKS_EVERY: Final = 1.0  # seconds; a stack waits until all have heard of it
_SCAN_DURATION: Final = 4  # 0.26 seconds for each channel
_LAST_UPDATE: Final = 0xFF


async def move_network(
    application: PassiveApplication,
    transmitter: Transmitter,
    clock: Clock,
    channels: Collection[int],
) -> int:
    """Take the network to the quietest of some channels, 11 to 26; return it.

    DeliveryError when the radio did not do it.
    """
    try:
        channel = await _quietest(application, channels)
        if channel != application.state.network_info.channel:
            await _move(application, transmitter, clock, channel)
    except application.driver_errors as error:
        message = f"the network was not taken to another channel: {reason_of(error)}"
        raise DeliveryError(message) from error
    return channel


async def _quietest(application: PassiveApplication, channels: Collection[int]) -> int:
    if len(channels) == 1:
        return next(iter(channels))
    everywhere = t.Channels.ALL_CHANNELS
    energy = await application.energy_scan(everywhere, _SCAN_DURATION, 1)
    among = t.Channels(sum(1 << channel for channel in channels))
    return int(zigpy.util.pick_optimal_channel(energy, channels=among))


async def _move(
    application: PassiveApplication, transmitter: Transmitter, clock: Clock, channel: int
) -> None:
    await application.prepare_move(channel)
    update_id = (int(application.state.network_info.nwk_update_id) + 1) & _LAST_UPDATE
    for _ in range(TOLD):
        told = announcement(int(application.get_sequence()), channel, update_id)
        frame = zdo_frame(Broadcast.ALL, ZdoCommand.Mgmt_NWK_Update_req, told)
        await transmitter.send(frame, Broadcast.ALL)
        await clock.sleep(TOLD_EVERY)
    await application.move_itself(channel, update_id)
    for _ in range(_LOOKS):
        await application.load_network_info()
        if application.state.network_info.channel == channel:
            return
        await clock.sleep(_LOOKS_EVERY)
    raise DeliveryError(f"the radio did not go to channel {channel}, as its devices were told")
