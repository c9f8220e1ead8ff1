"""Silicon Labs radios over EZSP as routers in the network of another: bellows only forms them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import contextlib
from typing import Any, Final

from bellows.multicast import Multicast
from bellows.types import EmberKeyStatus, EmberNetworkStatus, EmberNodeType, EzspValueId
from typing_extensions import override
from zigpy.device import ZigbeeDevice
import zigpy.state
import zigpy.types as t
import zigpy.zdo.types as zdo_t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.ezsp.application import CONFIG as EZSP_CONFIG, EzspApplication
from sebridge.radio.ezsp.joining import (
    DOWN,
    MOVED,
    NO_NETWORK,
    UP,
    beacon_of,
    initial_security,
    parameters,
    status_of,
    why_not,
)
from sebridge.radio.ezsp.keys import TrustCenterKey, check
from sebridge.radio.joining import Beacon, to_try
from sebridge.radio.member import MemberApplication
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.radio import Association, Counters, EstablishedKey
from sebridge.radio.zdo_server import node_descriptor
from sebridge.radio.zigpy_words import from_zigpy, node_to_zigpy, to_zigpy

CONFIG: Final = EZSP_CONFIG

_SCAN_DURATION: Final = 4  # as an exponent: about a quarter of a second on each channel
_UP_WITHIN: Final = 30.0  # seconds in which the stack says how an attempt to join came out
_HAS_REASON: Final = 14  # the first version which is told why it rejoins
_NO_EXTENDED_SECURITY: Final = bytes(2)  # the link key is ours alone

Statuses = asyncio.Queue[Any]


class EzspMember(MemberApplication, EzspApplication):
    """bellows' application, but for how it comes onto a network."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._established: set[Eui64] = set()
        self._asked: dict[Eui64, asyncio.Future[Any]] = {}

    # ------------------------------------------------------------------ life

    @override
    async def initialize(self, *, auto_form: bool = False) -> None:
        """Be on a network of another, and say nothing there: the library would close it."""
        await self.start_network()

    @override
    async def register_endpoints(self) -> None:
        """Register our endpoints, and no further one: the library's start needs it, not ours."""
        await PassiveApplication.register_endpoints(self)

    @override
    async def start_network(self) -> None:
        if not await self._go_on():
            await self._join()
        await self.load_network_info()
        own = ZigbeeDevice(self, self.state.node_info.ieee, self.state.node_info.nwk)
        own.node_desc = node_to_zigpy(node_descriptor(self.logical_type))
        self.devices[own.ieee] = own
        self._multicast = Multicast(self._ezsp)
        await self._multicast.startup(own)
        self._concurrent_requests_semaphore.max_concurrency = (
            await self._ezsp.get_default_adapter_concurrency()
        )
        self._ezsp.add_callback(self.ezsp_callback_handler)
        self.controller_event.set()

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        ezsp = self._ezsp
        status, _, network = await ezsp.getNetworkParameters()
        check(status, "a question about its network")
        status, security = await ezsp.getCurrentSecurityState()
        check(status, "a question about the security of its network")
        (nwk,) = await ezsp.getNodeId()
        (address,) = await ezsp.getEui64()
        manufacturer, model, version = await self._get_board_info()
        can_change = TrustCenterKey(ezsp).can_change
        self.established_key = (
            EstablishedKey.TAKEN if can_change else EstablishedKey.NEEDS_NEWER_FIRMWARE
        )
        self.trust_center = from_zigpy(security.trustCenterLongAddress)
        self.state.node_info = zigpy.state.NodeInfo(
            nwk=t.NWK(nwk),
            ieee=t.EUI64(address),
            logical_type=zdo_t.LogicalType.Router,
            manufacturer=manufacturer,
            model=model,
            version=version,
        )
        self.state.network_info = zigpy.state.NetworkInfo(
            extended_pan_id=t.ExtendedPanId(network.extendedPanId),
            pan_id=t.PanId(network.panId),
            channel=t.uint8_t(network.radioChannel),
            nwk_update_id=t.uint8_t(network.nwkUpdateId),
            nwk_manager_id=t.NWK(network.nwkManagerId),
        )

    @override
    async def reset_network_info(self) -> None:
        """Leave the network."""
        self.controller_event.clear()
        await self._ezsp.leaveNetwork()
        await self._ezsp.clearKeyTable()

    # ------------------------------------------------------------------ the network from before

    async def _go_on(self) -> bool:
        """Be on the network of before, if there is one that is still wanted."""
        ezsp = self._ezsp
        if not await self._is_resumed():
            return False
        status, kind, network = await ezsp.getNetworkParameters()
        check(status, "a question about its network")
        if kind == EmberNodeType.COORDINATOR:
            problem = "the radio is the coordinator of a network, which is to be given up first"
            raise NotJoinedError(problem, Association.CHANGED)
        extended_pan_id = from_zigpy(network.extendedPanId)
        is_planned = self.errand.plan.allows(extended_pan_id, int(network.radioChannel))
        if self.errand.gives_up or not is_planned or kind != EmberNodeType.ROUTER:
            await self.reset_network_info()
            return False
        if self.errand.comes_back:
            await self._rejoin()
        async for key in ezsp.read_link_keys():
            self._established.add(from_zigpy(key.partner_ieee))
        return True

    async def _is_resumed(self) -> bool:
        ezsp = self._ezsp
        (state,) = await ezsp.networkState()
        if state == EmberNetworkStatus.JOINED_NETWORK:
            return True
        with self._statuses() as heard:
            status = await ezsp.initialize_network()
            if status == NO_NETWORK:
                return False
            check(status, "that it is to go on with its network")
            return await self._outcome(heard) is None

    async def _rejoin(self) -> None:
        """Look for the network: with its key first, then as one that missed a change of it."""
        why: Association | None = None
        for has_key in (True, False):
            with self._statuses() as heard:
                rest = {}
                if self._ezsp.ezsp_version >= _HAS_REASON:
                    rest = {"reason": 0, "nodeType": EmberNodeType.ROUTER}
                (status,) = await self._ezsp.findAndRejoinNetwork(
                    haveCurrentNetworkKey=has_key, channelMask=0, **rest
                )
                check(status, "that it is to look for its network")
                why = await self._outcome(heard)
            if why is None:
                return
        assert why is not None, "both ways failed"
        raise NotJoinedError(f"the network is not found again: {why.words}", why)

    # ------------------------------------------------------------------ a new network

    async def _join(self) -> None:
        why = Association.REFUSED
        for beacon in to_try([beacon async for beacon in self._heard()], self.errand.plan):
            reason = await self._join_at(beacon)
            if reason is None:
                return
            why = reason
        raise NotJoinedError(why.words, why)

    async def _heard(self) -> AsyncIterator[Beacon]:
        channels = t.Channels.from_channel_list(self.errand.plan.channels)  # type: ignore[misc]
        async for found in self.network_scan(channels, _SCAN_DURATION):
            yield beacon_of(found)

    async def _join_at(self, beacon: Beacon) -> Association | None:
        """Try to join a network; return why that failed."""
        ezsp = self._ezsp
        await ezsp.clearKeyTable()
        await ezsp.clearTransientLinkKeys()
        state = initial_security(self.errand.plan.link_key or WELL_KNOWN_KEY)
        (status,) = await ezsp.setInitialSecurityState(state=state)
        check(status, "the link key to join with")
        await ezsp.setValue(
            valueId=EzspValueId.VALUE_EXTENDED_SECURITY_BITMASK, value=_NO_EXTENDED_SECURITY
        )
        with self._statuses() as heard:
            (status,) = await ezsp.joinNetwork(
                nodeType=EmberNodeType.ROUTER, parameters=parameters(beacon)
            )
            check(status, "that it is to join a network")
            return await self._outcome(heard)

    # ------------------------------------------------------------------ what the stack says

    @contextlib.contextmanager
    def _statuses(self) -> Iterator[Statuses]:
        """Collect what the stack says of its network."""
        heard: Statuses = asyncio.Queue()
        with self._ezsp.callback_for_commands(
            {"stackStatusHandler"}, lambda _, fields: heard.put_nowait(status_of(fields[0]))
        ):
            yield heard

    async def _outcome(self, heard: Statuses) -> Association | None:
        """Wait until the stack is on its network, or says why not; None when it is."""
        async with asyncio.timeout(_UP_WITHIN):
            while (status := await heard.get()) != UP:
                why = why_not(status)
                if why is not None:
                    return why
        return None

    @override
    def ezsp_callback_handler(self, frame_name: str, args: list[Any]) -> None:
        if frame_name == "stackStatusHandler":
            self._on_status(status_of(args[0]))
        elif frame_name == "zigbeeKeyEstablishmentHandler":
            self._on_key(*args)
        else:
            super().ezsp_callback_handler(frame_name, args)

    def _on_status(self, status: Any) -> None:
        if status in MOVED and self.controller_event.is_set():
            what = "was left" if status == DOWN else "has moved"
            self.connection_lost(ConnectionError(f"the network {what}"))

    # ------------------------------------------------------------------ link keys

    @override
    def is_established(self, partner: Eui64) -> bool:
        return partner in self._established

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Share a key with another device, which is none that anybody granted."""
        if device == self.trust_center:
            raise RefusedError("the link key of the trust centre is set before joining")
        await self._keep_key(device, key)
        self._established.discard(device)

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        self._established.discard(device)
        await super().unregister_link_key(device)

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        if device == self.trust_center:
            await TrustCenterKey(self._ezsp).put(key)
        else:
            await super().establish_link_key(device, key, counters)
        self._established.add(device)

    @override
    async def request_partner_key(self, partner: Eui64) -> None:
        answer = self._asked[partner] = asyncio.get_running_loop().create_future()
        try:
            (status,) = await self._ezsp.requestLinkKey(partner=to_zigpy(partner))
            check(status, "a question for a key")
            outcome = await answer
        finally:
            self._asked.pop(partner, None)
        if outcome != EmberKeyStatus.APP_LINK_KEY_ESTABLISHED:
            raise RefusedError(f"the trust centre granted no key with {partner}: {outcome.name}")

    def _on_key(self, partner: t.EUI64, status: EmberKeyStatus) -> None:
        device = from_zigpy(partner)
        if status == EmberKeyStatus.APP_LINK_KEY_ESTABLISHED:
            self._established.add(device)
        answer = self._asked.get(device)
        if answer is not None and not answer.done():
            answer.set_result(status)
