"""Silicon Labs radios over EZSP: what bellows leaves to us."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
import itertools
import logging
from typing import Any, ClassVar, Final
from weakref import WeakValueDictionary

from bellows.ash import AshException, NcpFailure
import bellows.config
from bellows.exception import EzspError
import bellows.types
from bellows.uart import Gateway
import bellows.zigbee.application
import msgspec
from typing_extensions import override
import zigpy.config
from zigpy.exceptions import DeliveryError, NetworkNotFormed, SendError
import zigpy.types as t
from zigpy.zdo.types import SimpleDescriptor

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.channel_change import announcement
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.ezsp.cbke import EzspKeyModule
from sebridge.radio.ezsp.frames import Fragment, layout_of
from sebridge.radio.ezsp.gateway import USED_OF_ASH, FastAsh, fast_gateway
from sebridge.radio.ezsp.keys import LinkKeyTable, check, is_ok
from sebridge.radio.ezsp.parts import LONGEST_MESSAGE, head_of, parts_of
from sebridge.radio.ezsp.status import failure_of
from sebridge.radio.ezsp.trust import SIZES, policies, trust_center_policy
from sebridge.radio.fast_lane import Place, part_of
from sebridge.radio.fragments import Fragments, Part
from sebridge.radio.passive import HARDWARE_ERRORS, PassiveApplication, reason_of
from sebridge.radio.radio import Counters, GroupMember, KeyModule
from sebridge.radio.zigpy_words import from_zigpy, key_to_zigpy, to_zigpy
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ZdoCommand

_LOGGER = logging.getLogger(__name__)

_FIRST_ENDPOINT: Final = 1
_HA_PROFILE: Final = 0x0104
_MOST_TRANSIENT_KEYS: Final = 5  # what the smallest firmware has room for
_ONE_FRAGMENT: Final = 0xFF00  # none but this one is acknowledged
_PART_WITHIN: Final = 8.0
_PATIENT_PART_WITHIN: Final = 32.0
"""Seconds for which the firmware sends a part of a message again: three times, after 1.6 s each or,
to a sleepy device, 7.68 s."""
_ANYBODY: Final = t.EUI64.convert("ff:ff:ff:ff:ff:ff:ff:ff")

_FLAGS = bellows.types.EmberZdoConfigurationFlags
_ZDO_FLAGS: Final = (
    _FLAGS.APP_RECEIVES_SUPPORTED_ZDO_REQUESTS
    | _FLAGS.APP_HANDLES_UNSUPPORTED_ZDO_REQUESTS
    | _FLAGS.APP_HANDLES_ZDO_BINDING_REQUESTS
)

CONFIG: Final[Mapping[str, Any]] = {
    bellows.config.CONF_USE_THREAD: False,
    zigpy.config.CONF_WATCHDOG_ENABLED: False,  # the library's waits for minutes
    bellows.config.CONF_EZSP_CONFIG: {
        "CONFIG_APPLICATION_ZDO_FLAGS": int(_ZDO_FLAGS),
        **SIZES,
    },
}


class EzspApplication(PassiveApplication, bellows.zigbee.application.ControllerApplication):
    """bellows' application; the firmware answers ZDO questions about the endpoints it was told."""

    is_watched: ClassVar[bool] = True
    longest_frame = LONGEST_MESSAGE

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        *HARDWARE_ERRORS,
        AshException,
        EzspError,
        RuntimeError,  # the connection was closed while an acknowledgement was waited for
        AssertionError,  # how bellows checks what the firmware answers
    )
    zdo_answered_by_stack: ClassVar[Collection[int]] = frozenset(
        {
            ZdoCommand.NWK_addr_req,
            ZdoCommand.IEEE_addr_req,
            ZdoCommand.Node_Desc_req,
            ZdoCommand.Power_Desc_req,
            ZdoCommand.Simple_Desc_req,
            ZdoCommand.Active_EP_req,
            ZdoCommand.Match_Desc_req,
            ZdoCommand.Mgmt_Lqi_req,
            ZdoCommand.Mgmt_Rtg_req,
        }
    )

    def __init__(self, config: dict[str, Any]) -> None:
        network = dict(config[zigpy.config.CONF_NWK])
        common = network.pop(zigpy.config.CONF_NWK_TC_LINK_KEY, None)
        device = dict(config[zigpy.config.CONF_DEVICE])
        path = str(device[zigpy.config.CONF_DEVICE_PATH])
        # the same, but at each reset of a `socket` bellows waits 2 s for one of its own accord
        device[zigpy.config.CONF_DEVICE_PATH] = path.replace("socket://", "tcp://", 1)
        super().__init__(
            config | {zigpy.config.CONF_NWK: network, zigpy.config.CONF_DEVICE: device}
        )
        self.path = path
        # the firmware makes a key for each device, and takes this one for who has none
        self._common_key = WELL_KNOWN_KEY if common is None else Secret(bytes(common))
        self._link_keys: dict[Eui64, Secret] = {}
        self._is_open = False
        self._writing = asyncio.Lock()
        self._joined_groups: set[int] = set()  # that are in the firmware's table
        self._grouping = asyncio.Lock()
        self._fragments = Fragments()
        # by network address: who puts messages together is sent one at a time
        self._long: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        try:
            await super().load_network_info(load_devices=load_devices)
        except NetworkNotFormed:
            (state,) = await self._ezsp.networkState()
            if state == bellows.types.EmberNetworkStatus.JOINED_NETWORK:
                self.guard.refuse_member()  # bellows takes it for one that may be wiped
            raise

    @override
    async def register_endpoints(self) -> None:
        """Register our endpoints, and the endpoint 1 without which bellows does not start."""
        await super().register_endpoints()
        if all(endpoint.endpoint != _FIRST_ENDPOINT for endpoint in self.own_endpoints):
            await self.add_endpoint(
                SimpleDescriptor(
                    endpoint=_FIRST_ENDPOINT,
                    profile=_HA_PROFILE,
                    device_type=0,
                    device_version=0,
                    input_clusters=[],
                    output_clusters=[],
                )
            )

    @override
    async def _reset(self) -> None:
        """Reset the firmware, which forgets its endpoints, and tell it of them again."""
        await super()._reset()
        self._created_device_endpoints.clear()
        await self.register_endpoints()

    @override
    def fast_lane(self) -> Sequence[Place]:
        """Leave the library where it has octets of the line, and where it has an EZSP frame."""
        _, _, fields = self._ezsp.COMMANDS["incomingMessageHandler"]
        layout = layout_of(self._ezsp.ezsp_version, fields)
        if layout is None:
            return (Place(None, (), Gateway),)  # which is none that we know
        gateway = part_of(self, "_ezsp", "_gw", "_obj")
        return (
            Place(part_of(gateway, "_transport"), USED_OF_ASH, FastAsh),
            Place(gateway, (), fast_gateway(layout, self.overtake, self._take_fragment)),
        )

    @override
    async def start_network(self) -> None:
        """Be on the network, with the policies of a trust centre of Smart Energy."""
        profiles = {endpoint.profile_id for endpoint in self.own_endpoints}
        # the library's schema has defaults for what is not said, so all is said
        self.config[bellows.config.CONF_EZSP_POLICIES] = policies(self._ezsp.ezsp_version, profiles)
        await bellows.zigbee.application.ControllerApplication.start_network(self)

    @override
    async def _move_network_to_channel(self, new_channel: int, new_nwk_update_id: int) -> None:
        """Ask the firmware, which does it without an answer: the library would wait for one."""
        sequence = int(self.get_sequence())
        data = announcement(sequence, new_channel, new_nwk_update_id)
        ends = (ZDO_PROFILE, ZdoCommand.Mgmt_NWK_Update_req, ZDO_ENDPOINT, ZDO_ENDPOINT)
        await self._device.request(*ends, sequence, data, expect_reply=False)

    def _take_fragment(self, fragment: Fragment) -> None:
        """Take a part of a message, and acknowledge it: the firmware leaves that to us."""
        self.create_task(self._acknowledge(fragment), "acknowledge_fragment")
        heard = fragment.heard
        head = (heard.nwk, heard.profile_id, heard.cluster_id)
        now = asyncio.get_running_loop().time()
        data = self._fragments.take(head, fragment.part, heard.data, now)
        if data is None:
            return
        message = msgspec.structs.replace(heard, data=data)
        if not self.overtake(message):
            self.taker.take(message)

    async def _acknowledge(self, fragment: Fragment) -> None:
        heard = fragment.heard
        head = bellows.types.EmberApsFrame(
            profileId=heard.profile_id,
            clusterId=heard.cluster_id,
            sourceEndpoint=heard.destination_endpoint,
            destinationEndpoint=heard.source_endpoint,
            options=bellows.types.EmberApsOption(fragment.options),
            groupId=_ONE_FRAGMENT | fragment.part.place,
            sequence=fragment.part.sequence,
        )
        with suppress(*self.driver_errors):  # then it comes again
            await self._ezsp.sendReply(heard.nwk, head, b"")

    @override
    async def hear_groups(self, members: frozenset[GroupMember]) -> None:
        """Have these in the firmware's table: what is sent to other groups it drops."""
        groups = {member.group for member in members}
        async with self._grouping:
            table = self.multicast
            if table is None:  # firmware that lets everything through
                return
            try:
                for group in sorted(self._joined_groups - groups):
                    await table.unsubscribe(group)
                    self._joined_groups.discard(group)
                for group in sorted(groups - self._joined_groups):
                    if is_ok(await table.subscribe(group)):
                        self._joined_groups.add(group)
                    else:
                        _LOGGER.warning("the radio has no room for the group 0x%04X", group)
            except self.driver_errors as error:
                _LOGGER.warning("the radio was not told of groups: %s", reason_of(error))

    # ------------------------------------------------------------------ sending

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        """Send, in parts what is too long, and say in ZigBee's numbers why that failed."""
        library = bellows.zigbee.application.ControllerApplication
        try:
            if parts := parts_of(packet):
                await self._send_in_parts(packet, parts)
            else:
                await library.send_packet(self, packet)
        except DeliveryError as error:
            if error.status is None:
                raise
            failure = failure_of(int(error.status))
            kind = SendError if failure.may_try_again else DeliveryError
            raise kind(failure.words, failure.status) from error

    async def _send_in_parts(self, packet: t.ZigbeePacket, parts: Sequence[bytes]) -> None:
        """Send one part after the other, each when the one before was acknowledged (NET-7)."""
        assert packet.dst is not None, "it goes to somebody"
        nwk = t.NWK(packet.dst.address)
        async with self._long.setdefault(nwk, asyncio.Lock()):
            sequence = 0
            for place, data in enumerate(parts):
                head = head_of(packet, Part(sequence, place, len(parts)))
                async with self._limit_concurrency(priority=packet.priority):
                    within = _PATIENT_PART_WITHIN if packet.extended_timeout else _PART_WITHIN
                    sequence = await self._send_part(nwk, head, data, within)

    async def _send_part(
        self, nwk: t.NWK, head: bellows.types.EmberApsFrame, data: bytes, within: float
    ) -> int:
        """Return the counter that the parts share, once this one was acknowledged."""
        tag = self.get_sequence()
        told = self._pending_requests[nwk, tag] = asyncio.get_running_loop().create_future()
        try:
            status, sequence = await self._ezsp.send_unicast(
                nwk=nwk, aps_frame=head, message_tag=tag, data=data
            )
            if is_ok(status):
                async with asyncio.timeout(within):
                    status, _ = await told
        finally:
            del self._pending_requests[nwk, tag]
        if not is_ok(status):
            raise DeliveryError(f"a part was not delivered: {status!r}", status)
        return int(sequence)

    @override
    async def prove_alive(self) -> None:
        """Have the firmware answer a question that asks nothing."""
        await self._ezsp.nop()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Tell it also who waits for an answer, or for what became of a frame."""
        if isinstance(exc, NcpFailure):  # which has no words
            exc = ConnectionResetError(f"the stick was reset or failed: {exc.code.name}")
        super().connection_lost(exc)
        reason = ConnectionError("the connection to the radio was lost")
        commands = (future for *_, future in self._ezsp._protocol._awaiting.values())  # noqa: SLF001
        for future in (*commands, *self._pending_requests.values()):
            if not future.done():
                future.set_exception(reason)
                future.exception()  # not all are waited for: nobody is to miss it

    # ------------------------------------------------------------------ link keys

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Keep the key for the next joining window: the firmware forgets it after minutes.

        Who has joined with it keeps it until another is established in its place.
        """
        self._link_keys.pop(device, None)
        self._link_keys[device] = key
        if self._is_open:
            await self._add_transient_key(to_zigpy(device), key)

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        self._link_keys.pop(device, None)
        await self._table.erase(device)

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Put the key into the firmware's table of link keys; the firmware counts by itself."""
        del counters
        await self._keep_key(device, key)
        self._link_keys.pop(device, None)

    async def _keep_key(self, device: Eui64, key: Secret) -> None:
        """Have a link key in the table, and the address of its device beside it.

        Without the address the firmware cannot encrypt to who is further away than a neighbour.
        """
        async with self._writing:  # or two would find the same free place
            place = await self._table.put(device, key)
        nwk = self._addresses.get(device)
        if nwk is not None:
            await self._table.address(place, device, nwk)

    @override
    async def send_next_network_key(self, key: Secret) -> None:
        (status,) = await self._ezsp.broadcastNextNetworkKey(key=key_to_zigpy(key))
        check(status, "the next network key")

    @override
    async def switch_network_key(self) -> None:
        (status,) = await self._ezsp.broadcastNetworkKeySwitch()
        check(status, "the switch to it")

    @property
    @override
    def key_module(self) -> KeyModule:
        return EzspKeyModule(self._ezsp, self.driver_errors, self.trust_center)

    @property
    def _table(self) -> LinkKeyTable:
        return LinkKeyTable(self._ezsp)

    @override
    def learn(self, device: Eui64, nwk: int) -> None:
        is_news = self._addresses.get(device) != nwk
        super().learn(device, nwk)
        if is_news and self.controller_event.is_set():
            self.create_task(self._move(device, nwk), "move_address")

    async def _move(self, device: Eui64, nwk: int) -> None:
        """Have the firmware know where a device with a link key is now."""
        with suppress(*self.driver_errors):  # which are noticed by who waits for something
            place = await self._table.place(device)
            if place is not None:
                await self._table.address(place, device, nwk)

    # ------------------------------------------------------------------ joining

    @override
    def _handle_tc_join_handler(
        self, nwk: t.NWK, ieee: t.EUI64, update: Any, decision: Any, parent_nwk: t.NWK
    ) -> None:
        """Pass by who was refused: the library would take his key away."""
        is_refused = decision == bellows.types.EmberJoinDecision.DENY_JOIN
        if update == bellows.types.EmberDeviceUpdate.DEVICE_LEFT or not is_refused:
            super()._handle_tc_join_handler(nwk, ieee, update, decision, parent_nwk)

    @override
    async def cleanup_tc_link_key(self, ieee: t.EUI64) -> None:
        """Know that a device joined anew: only the key counts with which it did.

        That one is kept, for the firmware itself forgets it after minutes.
        """
        device = from_zigpy(ieee)
        self.taker.key_gone(device)
        key = self._link_keys.get(device)
        if key is None:
            await self._table.erase(device)
        else:
            await self._keep_key(device, key)

    @override
    async def permit(self, time_s: int = 60, node: t.EUI64 | str | None = None) -> None:
        """Open or close the network for everybody."""
        await self.admit(time_s, (), others=True)

    @override
    async def admit(self, seconds: int, awaited: Collection[Eui64], *, others: bool) -> None:
        """Open or close the network; those who are still to join get in with their keys.

        The library's way would also let those in who have no key of their own.
        """
        self._is_open = seconds > 0
        policy = trust_center_policy(self._ezsp.ezsp_version, is_open=self._is_open, others=others)
        (status,) = await self._ezsp.setPolicy(
            policyId=bellows.types.EzspPolicyId.TRUST_CENTER_POLICY, decisionId=policy
        )
        check(status, "who may join")
        if self._is_open:
            await self._add_transient_keys(awaited, others=others)
        await super(bellows.zigbee.application.ControllerApplication, self).permit(seconds)

    async def _add_transient_keys(self, awaited: Collection[Eui64], *, others: bool) -> None:
        newest_first = reversed(self._link_keys.items())
        wanted = (
            (to_zigpy(device), key)
            for device, key in newest_first
            if device in awaited or (others and not self.knows(device))
        )
        keys = list(itertools.islice(wanted, _MOST_TRANSIENT_KEYS))
        if others:
            keys.insert(0, (_ANYBODY, self._common_key))
        if not (others and await self._have_room_for(keys)):
            # those of earlier openings have to go: others are let in with them, or no room is left
            await self._ezsp.clearTransientLinkKeys()
            await self._have_room_for(keys)

    async def _have_room_for(self, keys: Iterable[tuple[t.EUI64, Secret]]) -> bool:
        """Add keys to those with which devices may join; False where there is no room."""
        for device, key in keys:
            status = await self._ezsp.add_transient_link_key(device, key_to_zigpy(key))
            if status == bellows.types.sl_Status.FULL:
                return False
            check(status, "a link key")
        return True

    async def _add_transient_key(self, device: t.EUI64, key: Secret) -> None:
        status = await self._ezsp.add_transient_link_key(device, key_to_zigpy(key))
        check(status, "a link key")
