"""The network of an XBee: formed by what was asked for, and only by a module that has none.

zigpy-xbee finds that there is no network when it is too late to form one, and knows no Smart Energy
firmware.
"""

import asyncio
from collections.abc import Mapping
import logging
from typing import Final

from typing_extensions import override
from zigpy.config import CONF_NWK, CONF_NWK_CHANNEL, CONF_NWK_CHANNELS
from zigpy.device import Status
from zigpy.exceptions import CannotWriteNetworkSettings, FormationFailure, NetworkNotFormed
from zigpy.state import NetworkInfo, NodeInfo
import zigpy.types as t
import zigpy_xbee.types as xbee_t
from zigpy_xbee.zigbee.application import (
    CONF_CYCLIC_SLEEP_PERIOD,
    CONF_POLL_TIMEOUT,
    ControllerApplication,
    XBeeCoordinator,
)

from sebridge.radio.channel_change import announcement
from sebridge.radio.xbee.forming import (
    FORMED,
    STARTING,
    channel_mask,
    different,
    is_set_up,
    longest_frame,
    wanted,
)
from sebridge.radio.xbee.line import XBeeApi
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ZdoCommand

_LOGGER = logging.getLogger(__name__)

_LOOKS_EVERY: Final = 0.2  # seconds
_MOST_LOOKS: Final = 150  # scanning all channels twice takes some five seconds
_ALL_ZDO: Final = 0x0F
"""The API options (AO) by which frames come with their ends, and all ZDO questions, too."""
_OLD_ALL_ZDO: Final = 0x03
"""The same for firmware that knows only two bits."""
_AT_START: Final[Mapping[str, int]] = {
    "NJ": 0,
    "SP": CONF_CYCLIC_SLEEP_PERIOD,
    "SN": CONF_POLL_TIMEOUT,
}


class NetworkApplication(ControllerApplication):
    """zigpy-xbee's application, with a network that is looked at before it is started."""

    _api: XBeeApi

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        """Ask the module which network it has.

        NetworkNotFormed when it is not set up for one, FormationFailure when that is not up.
        """
        if not await is_set_up(self._api.register):
            raise NetworkNotFormed("the module is not set up as a coordinator")
        await self._wait_until_up()
        await super().load_network_info(load_devices=load_devices)
        network = self.state.network_info
        network.channel = t.uint8_t(await self._api.register("CH"))  # the library takes silence too
        extended_pan_id = t.uint64_t(await self._api.register("OP"))  # ID may be any
        network.extended_pan_id = t.ExtendedPanId(extended_pan_id.serialize())

    async def _wait_until_up(self, extended_pan_id: int | None = None) -> None:
        """Return when the network is up: this one, where it is another than the one before."""
        for _ in range(_MOST_LOOKS):
            state = await self._association(extended_pan_id)
            if state != STARTING:
                break
            await asyncio.sleep(_LOOKS_EVERY)
        if state != FORMED:
            raise FormationFailure(f"its network is not up: association indication 0x{state:02X}")

    async def _association(self, extended_pan_id: int | None) -> int:
        try:
            state = await self._api.register("AI")
            if state == FORMED and extended_pan_id is not None:
                found = await self._api.register("OP")
                return FORMED if found == extended_pan_id else STARTING
        except TimeoutError:  # the module restarts
            return STARTING
        return state

    @override
    async def form_network(self, *, fast: bool = False) -> None:
        """Form at once: the module itself looks for the quietest channel, zigpy need not."""
        del fast
        await super().form_network(fast=True)

    @override
    async def write_network_info(self, *, network_info: NetworkInfo, node_info: NodeInfo) -> None:
        """Have the module form this network, and keep it."""
        del node_info  # its address is its own
        plan = self.config[CONF_NWK]
        channel = plan[CONF_NWK_CHANNEL]
        extended_pan_id = int.from_bytes(network_info.extended_pan_id.serialize(), "little")
        registers = wanted(
            extended_pan_id,
            int(network_info.pan_id),
            plan[CONF_NWK_CHANNELS] if channel is None else [channel],
        )
        api = self._api
        await self._prepare()  # or who joins at once would be let in, and not be heard of
        for name, value in (await different(registers, api.register)).items():
            await api.queue(name, value)
        await api.queue("NK", network_info.network_key.key.serialize())
        await api.queue("KY", network_info.tc_link_key.key.serialize())
        try:
            await api.at("AC")
        except TimeoutError:  # a new stack profile is a restart, in which an answer may be lost
            _LOGGER.debug("the module restarts with its new network")
        await self._wait_until_up(extended_pan_id)
        await self.load_network_info()
        await api.at("WR")

    async def allow_channel(self, channel: int) -> None:
        """Have the module go on when its network is on this channel, too, also after a reset.

        FormationFailure where it takes the change for another network that it is to form.
        """
        present = await self._api.register("CH")
        mask = await self._api.register("SC")
        wider = mask | channel_mask([present, channel])
        if wider == mask:
            return
        await self._api.at("SC", wider)
        await self._wait_until_up()
        if await self._api.register("CH") != present:
            raise FormationFailure("the module has formed another network")
        await self._api.at("WR")

    @override
    async def _move_network_to_channel(self, new_channel: int, new_nwk_update_id: int) -> None:
        """Tell the module itself; the library's way has it form another network."""
        own, command = self.state.node_info, ZdoCommand.Mgmt_NWK_Update_req
        told = announcement(int(self.get_sequence()), new_channel, new_nwk_update_id)
        await self._api.tx_explicit(
            xbee_t.EUI64(own.ieee.serialize()),
            own.nwk,
            ZDO_ENDPOINT,
            ZDO_ENDPOINT,
            command,
            ZDO_PROFILE,
            0,
            xbee_t.TXOptions.NONE,
            told,
        )

    async def _prepare(self) -> None:
        try:
            await self._api.at("AO", _ALL_ZDO)
        except CannotWriteNetworkSettings:
            await self._api.at("AO", _OLD_ALL_ZDO)
        for name, value in _AT_START.items():
            await self._api.at(name, value)
        self.longest_frame = longest_frame(await self._api.register("NP"))

    @override
    async def permit_ncp(self, time_s: int = 60) -> None:
        """Open the network for 1 to 254 seconds; 0 closes it."""
        if time_s:  # a module opens it only at a value that is another than before
            await self._api.at("NJ", 0)
        await self._api.at("NJ", time_s)

    @override
    async def start_network(self) -> None:
        """Have ZDO frames come to us, and close the network; whether it is up is known already."""
        await self._prepare()
        own = XBeeCoordinator(self, self.state.node_info.ieee, self.state.node_info.nwk)
        own.status = Status.ENDPOINTS_INIT
        self.devices[own.ieee] = own
        await self.register_endpoints()

    @override
    async def reset_network_info(self) -> None:
        """Give the network up: without encryption, the module is set up for none."""
        await self._api.at("EE", 0)
        await self._api.at("WR")
        await self._api.at("NR", 0)
