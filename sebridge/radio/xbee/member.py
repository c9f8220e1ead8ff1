"""XBee modules as routers in the network of another: zigpy-xbee only forms them."""

import asyncio
import logging
from typing import Any, Final

from typing_extensions import override
from zigpy.device import Status
import zigpy.types as t
import zigpy.zdo.types as zdo_t
import zigpy_xbee.types as xbee_t
from zigpy_xbee.zigbee.application import ControllerApplication, XBeeCoordinator

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.member import MemberApplication
from sebridge.radio.radio import Association, EstablishedKey
from sebridge.radio.xbee.application import CONFIG as XBEE_CONFIG, XBeeApplication
from sebridge.radio.xbee.forming import different, has_certificate, is_set_up
from sebridge.radio.xbee.joining import is_decided, wanted, why_not
from sebridge.radio.zigpy_words import from_zigpy
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ZdoCommand, encode

_LOGGER = logging.getLogger(__name__)

CONFIG: Final = XBEE_CONFIG

_COORDINATOR_NWK: Final = 0x0000
_LOOKS_EVERY: Final = 0.2  # seconds
_MOST_LOOKS: Final = 150  # scanning all channels twice takes some five seconds
_MOST_LOOKS_TO_PROVE: Final = 450  # some of its partner's answers may take ten seconds
_ANSWERED_WITHIN: Final = 10.0  # seconds


class XbeeMember(MemberApplication, XBeeApplication):
    """zigpy-xbee's application, but for how it comes onto a network."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._is_there = False  # on its network
        self._proves_itself = False
        self._trust_center_found: asyncio.Future[Eui64] | None = None

    # ------------------------------------------------------------------ life

    @override
    async def initialize(self, *, auto_form: bool = False) -> None:
        """Be on a network of another, and say nothing there: the library would close it."""
        await self.start_network()

    @override
    async def start_network(self) -> None:
        if await is_set_up(self._api.register):
            problem = "the radio is the coordinator of a network, which is to be given up first"
            raise NotJoinedError(problem, Association.CHANGED)
        is_certified = await has_certificate(self._api.register)
        if is_certified is False:
            _LOGGER.warning("the module has no certificate: it joins without proving who it is")
        self._proves_itself = bool(is_certified)
        self.established_key = (
            EstablishedKey.MADE_BY_MODULE if is_certified else EstablishedKey.NEVER_TAKEN
        )
        await self._prepare()
        if not await self._goes_on():
            await self._join()
        await self.load_network_info()
        own = XBeeCoordinator(self, self.state.node_info.ieee, self.state.node_info.nwk)
        own.status = Status.ENDPOINTS_INIT
        self.devices[own.ieee] = own
        await self.register_endpoints()
        self.trust_center = await self._find_trust_center()
        self._is_there = True

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        await ControllerApplication.load_network_info(self)
        self.state.node_info.logical_type = zdo_t.LogicalType.Router
        network = self.state.network_info
        extended_pan_id = t.uint64_t(await self._api.register("OP"))  # ID may be any
        network.extended_pan_id = t.ExtendedPanId(extended_pan_id.serialize())

    @override
    async def reset_network_info(self) -> None:
        """Leave the network; the module looks for one at once, but not for us."""
        self._is_there = False
        await self._api.at("NR", 0)

    # ------------------------------------------------------------------ the network

    async def _goes_on(self) -> bool:
        """Say whether the module is on a network that is still wanted."""
        read, plan = self._api.register, self.errand.plan
        if why_not(await read("AI")) is not None or self.errand.gives_up:
            return False
        return not await different(wanted(plan, proves_itself=self._proves_itself), read)

    async def _join(self) -> None:
        """Have the module begin to look, and wait for what comes of it."""
        api, plan = self._api, self.errand.plan
        registers = wanted(plan, proves_itself=self._proves_itself)
        for name, value in (await different(registers, api.register)).items():
            await api.queue(name, value)
        await api.queue("KY", (plan.link_key or WELL_KNOWN_KEY).reveal())
        await self._unless_restarting("AC")
        await api.at("WR")
        await self._unless_restarting("NR", 0)
        why: Association | None = Association.SEARCHING
        for _ in range(_MOST_LOOKS_TO_PROVE if self._proves_itself else _MOST_LOOKS):
            await asyncio.sleep(_LOOKS_EVERY)
            try:
                indication = await api.register("AI")
            except TimeoutError:  # the module restarts
                continue
            if is_decided(indication):
                why = why_not(indication)
                break
        if why is not None:
            raise NotJoinedError(why.words, why)

    async def _unless_restarting(self, command: str, *values: int) -> None:
        try:
            await self._api.at(command, *values)
        except TimeoutError:  # a new stack profile is a restart, in which an answer may be lost
            return

    async def _find_trust_center(self) -> Eui64:
        """Ask who the coordinator is: its answer comes with its EUI-64."""
        found = self._trust_center_found = asyncio.get_running_loop().create_future()
        command = ZdoCommand.IEEE_addr_req
        question = encode(command, 0, _COORDINATOR_NWK, 0, 0)
        await self._api.tx_explicit(
            xbee_t.UNKNOWN_IEEE,
            _COORDINATOR_NWK,
            ZDO_ENDPOINT,
            ZDO_ENDPOINT,
            command,
            ZDO_PROFILE,
            0,
            xbee_t.TXOptions.NONE,
            question,
        )
        async with asyncio.timeout(_ANSWERED_WITHIN):
            trust_center: Eui64 = await found
        return trust_center

    @override
    def handle_rx(self, src_ieee: t.EUI64, src_nwk: int, *frame: Any) -> None:
        found = self._trust_center_found
        is_known = src_ieee != xbee_t.UNKNOWN_IEEE
        if src_nwk == _COORDINATOR_NWK and is_known and found is not None and not found.done():
            found.set_result(from_zigpy(src_ieee))
        super().handle_rx(src_ieee, src_nwk, *frame)

    @override
    def handle_modem_status(self, status: xbee_t.ModemStatus) -> None:
        super().handle_modem_status(status)
        if status == xbee_t.ModemStatus.DISASSOCIATED and self._is_there:
            self.connection_lost(ConnectionError("the network was left"))

    # ------------------------------------------------------------------ link keys

    @override
    def is_established(self, partner: Eui64) -> bool:
        """Say whether the module has proved itself: it has not joined before."""
        return self._is_there and self._proves_itself and partner == self.trust_center

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Refuse: only a coordinator takes the keys of others."""
        del key
        raise RefusedError(f"an XBee that has joined a network takes no link key of {device}")

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        """Nothing: it took none."""

    @override
    async def request_partner_key(self, partner: Eui64) -> None:
        """Refuse: no command for that is known."""
        raise RefusedError(f"an XBee asks its trust centre for no key with {partner}")
