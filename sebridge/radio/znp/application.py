"""Texas Instruments radios over ZNP: what zigpy-znp leaves to us. Needs the extra `znp`."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
import logging
from typing import Any, ClassVar, Final, cast

from typing_extensions import override
from zigpy.config import CONF_WATCHDOG_ENABLED
from zigpy.endpoint import Status
from zigpy.exceptions import DeliveryError, SendError
from zigpy.types import ZigbeePacket
from zigpy.zdo.types import LogicalType, SimpleDescriptor
from zigpy_znp.api import ZNP
import zigpy_znp.commands as c
import zigpy_znp.config
import zigpy_znp.exceptions
from zigpy_znp.frames import GeneralFrame
import zigpy_znp.types
from zigpy_znp.uart import ZnpMtProtocol
from zigpy_znp.zigbee.application import ControllerApplication

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.secret import Secret
from sebridge.base.turn import TURN
from sebridge.radio.fast_lane import Place, Take, part_of
from sebridge.radio.passive import HARDWARE_ERRORS, PassiveApplication, reason_of
from sebridge.radio.radio import Counters, GroupMember, TxStatus
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy
from sebridge.radio.znp.frames import OVERHEAD, incoming
from sebridge.zcl.identifiers import ZDO_ENDPOINT

_LOGGER = logging.getLogger(__name__)

CONFIG: Final[Mapping[str, Any]] = {
    CONF_WATCHDOG_ENABLED: False,  # the library's takes 45 seconds
    # else everything is sent from endpoint 1, also what our Smart Energy endpoint sends
    zigpy_znp.config.CONF_ZNP_CONFIG: {zigpy_znp.config.CONF_PREFER_ENDPOINT_1: False},
}

_NO_ROOM: Final = (zigpy_znp.types.Status.MEM_ERROR, zigpy_znp.types.Status.BUFFER_FULL)

_IS_IN_GROUP: Final = (
    zigpy_znp.types.Status.SUCCESS,
    zigpy_znp.types.Status.APS_DUPLICATE_ENTRY,  # it keeps its table over restarts of ours
)

_EVERYBODY: Final = Broadcast.ALL

_SOURCE: Final[ContextVar[int | None]] = ContextVar("source endpoint", default=None)
"""From which endpoint of ours the frame is sent: the library does not pass it on."""


class ZnpApi(ZNP):
    """The library's commands; a frame that cannot be read is skipped, and counted."""

    def __init__(self, config: Mapping[str, Any], skipped: Callable[[], object]) -> None:
        super().__init__(dict(config))
        self._skipped = skipped

    @override
    def frame_received(self, frame: GeneralFrame) -> bool | None:
        try:
            if frame.header in c.COMMANDS_BY_ID:
                return cast("bool | None", super().frame_received(frame))
        except ValueError:
            pass
        except Exception:
            _LOGGER.exception("a frame of %d octets was lost to a bug", len(frame.data))
            return False
        self._skipped()
        return False

    @override
    async def request_callback_rsp(self, **request: Any) -> Any:
        """Ask, and wait for what comes of it; whoever waits may have given up meanwhile.

        The library goes on with that in a task of its own, which fails when the connection breaks.
        """
        task = asyncio.current_task()
        if task is not None:
            task.add_done_callback(_retrieve)
        return await super().request_callback_rsp(**request)


def _retrieve(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


class ZnpApplication(PassiveApplication, ControllerApplication):
    """zigpy-znp's application; Z-Stack answers all ZDO questions by itself."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        *HARDWARE_ERRORS,
        zigpy_znp.exceptions.CommandNotRecognized,
        zigpy_znp.exceptions.SecurityError,
        RuntimeError,  # joining could not be opened
        KeyError,  # a device's addresses are not known
    )

    is_watched: ClassVar[bool] = True

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._profiles: dict[int, int] = {}  # of our endpoints, for the fast lane
        self._members: set[GroupMember] = set()  # that are in the firmware's table
        self._grouping = asyncio.Lock()
        self._is_up = False

    @override
    async def connect(self) -> None:
        """Open the port."""
        api = ZnpApi(self.config, self.taker.skipped)
        await api.connect()
        self._znp = api
        api.set_application(self)
        self._bind_callbacks()

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        await super().load_network_info(load_devices=load_devices)
        if self.state.node_info.logical_type != LogicalType.Coordinator:
            self.guard.refuse_member()

    @override
    def fast_lane(self) -> Sequence[Place]:
        """Leave the library where it has octets: all endpoints are registered by now."""
        protocol = part_of(self, "_znp", "_uart")
        self._profiles = {
            number: endpoint.profile_id
            for number, endpoint in self._device.endpoints.items()
            if number != ZDO_ENDPOINT and endpoint.profile_id is not None
        }
        return (Place(protocol, ("_buffer",), fast_protocol(self._profiles, self.overtake)),)

    @override
    async def on_af_message(self, msg: c.AF.IncomingMsg.Callback) -> None:
        """Take a frame, once the library knows its own device: what comes before is for nobody."""
        if self.state.node_info.ieee in self.devices:
            await ControllerApplication.on_af_message(self, msg)

    # ------------------------------------------------------------------ resets

    @override
    async def start_network(self, *, read_only: bool = False) -> None:
        await ControllerApplication.start_network(self, read_only=read_only)
        self._znp.callback_for_response(c.SYS.ResetInd.Callback(partial=True), self._on_reset)
        self._is_up = True

    def _on_reset(self, _message: Any) -> None:
        """Begin again with a stick that was reset: it is on no network, and knows no endpoints."""
        if self._is_up:
            self._is_up = False
            self.connection_lost(ConnectionResetError("the stick was reset"))

    @override
    async def reset_network_info(self) -> None:
        self._is_up = False  # from here on the library resets it
        await ControllerApplication.reset_network_info(self)

    @override
    async def disconnect(self) -> None:
        self._is_up = False
        await ControllerApplication.disconnect(self)

    @override
    async def prove_alive(self) -> None:
        if self._is_up:
            await self._znp.request(c.SYS.Ping.Req())

    # ------------------------------------------------------------------ sending

    @override
    async def send_packet(self, packet: ZigbeePacket) -> None:
        """Send; a frame for which the stick has no room was not taken, and may be later."""
        try:
            with _told_as_loss():
                await ControllerApplication.send_packet(self, packet)
        except DeliveryError as error:
            if error.status in _NO_ROOM:
                problem = "the stick has no room for it"
                raise SendError(problem, TxStatus.NO_ROOM) from error
            raise

    # ------------------------------------------------------------------ endpoints

    @override
    async def add_endpoint(self, descriptor: SimpleDescriptor) -> None:
        """Register an endpoint; of one that comes later the library is told, too.

        It asks for the endpoints when it starts, and takes what comes to others for another
        profile.
        """
        await ControllerApplication.add_endpoint(self, descriptor)
        own: Any = self.devices.get(self.state.node_info.ieee)
        if own is not None:
            endpoint = own.add_endpoint(descriptor.endpoint)
            endpoint.profile_id = descriptor.profile
            endpoint.status = Status.ZDO_INIT
            self._profiles[descriptor.endpoint] = descriptor.profile

    @override
    async def _send_request_raw(self, *args: Any, **fields: Any) -> None:
        token = _SOURCE.set(fields.get("src_ep"))
        try:
            await super()._send_request_raw(*args, **fields)
        finally:
            _SOURCE.reset(token)

    @override
    def _find_endpoint(self, dst_ep: int, profile: int, cluster: int) -> int:
        """Return the endpoint that sends, where it is one of ours: several have one cluster."""
        source = _SOURCE.get()
        if source in self.registered and dst_ep != ZDO_ENDPOINT:
            return source
        return int(super()._find_endpoint(dst_ep=dst_ep, profile=profile, cluster=cluster))

    # ------------------------------------------------------------------ groups

    @override
    async def hear_groups(self, members: frozenset[GroupMember]) -> None:
        """Have these in the firmware's table: what is sent to other groups it drops.

        It tells of a frame once for each member. One of each profile is enough: what is sent to a
        group is given to all of ours that are in it.
        """
        async with self._grouping:
            found: dict[tuple[int | None, int], GroupMember] = {}
            for member in sorted(members):
                found.setdefault((self._profiles.get(member.endpoint), member.group), member)
            wanted = set(found.values())
            try:
                for member in sorted(self._members - wanted):
                    await self._znp.request(
                        c.ZDO.ExtRemoveGroup.Req(Endpoint=member.endpoint, GroupId=member.group)
                    )
                    self._members.discard(member)
                for member in sorted(wanted - self._members):
                    await self._join_group(member)
            except self.driver_errors as error:
                _LOGGER.warning("the radio was not told of groups: %s", reason_of(error))

    async def _join_group(self, member: GroupMember) -> None:
        answer = await self._znp.request(
            c.ZDO.ExtAddGroup.Req(
                Endpoint=member.endpoint,
                GroupId=member.group,
                GroupName=zigpy_znp.types.CharacterString(""),
            )
        )
        if answer.Status in _IS_IN_GROUP:
            self._members.add(member)
        else:
            _LOGGER.warning("the radio has no room for the group 0x%04X", member.group)

    # ------------------------------------------------------------------ keys

    @override
    async def send_next_network_key(self, key: Secret) -> None:
        request = c.ZDO.ExtUpdateNwkKey.Req(
            Dst=_EVERYBODY, KeySeqNum=self._next_key_number, Key=key_to_zigpy(key)
        )
        with _told_as_loss():
            await self._znp.request(request, RspStatus=zigpy_znp.types.Status.SUCCESS)

    @override
    async def switch_network_key(self) -> None:
        request = c.ZDO.ExtSwitchNwkKey.Req(Dst=_EVERYBODY, KeySeqNum=self._next_key_number)
        with _told_as_loss():
            await self._znp.request(request, RspStatus=zigpy_znp.types.Status.SUCCESS)

    @property
    def _next_key_number(self) -> int:
        """The number of the network key after the present one, which the host has to say."""
        return (int(self.state.network_info.network_key.seq) + 1) & 0xFF

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Hand the key over, without zigpy-znp's wait for the whole joining window."""
        with _told_as_loss():
            await self._znp.request(
                c.AppConfig.BDBAddInstallCode.Req(
                    InstallCodeFormat=c.app_config.InstallCodeFormat.KeyDerivedFromInstallCode,
                    IEEE=to_zigpy(device),
                    InstallCode=key.reveal(),
                ),
                RspStatus=zigpy_znp.types.Status.SUCCESS,
            )

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Hand over a key that the gateway established; the firmware counts its frames by itself.

        KeyError for a device whose addresses are not known.
        """
        del counters
        known = self.get_device(ieee=to_zigpy(device))
        with _told_as_loss():
            await self._znp.request(
                c.ZDO.SetLinkKey.Req(NWK=known.nwk, IEEE=known.ieee, LinkKeyData=key_to_zigpy(key)),
                RspStatus=zigpy_znp.types.Status.SUCCESS,
            )


@contextmanager
def _told_as_loss() -> Iterator[None]:
    """Tell who waits for the stick that it is lost: the library cancels him instead."""
    task = asyncio.current_task()
    assert task is not None
    cancelled_before = task.cancelling()
    try:
        yield
    except asyncio.CancelledError as error:
        if task.cancelling() > cancelled_before:
            raise
        raise ConnectionResetError("the connection to the stick was lost") from error


def fast_protocol(profiles: Mapping[int, int], take: Take) -> type[ZnpMtProtocol]:
    """Return zigpy-znp's protocol with the fast lane, for endpoints with these profiles."""

    class FastProtocol(ZnpMtProtocol):
        """Where a frame is not ours, it and what is behind it go the library's way, in order."""

        @override
        def data_received(self, data: bytes) -> None:
            buffer = self._buffer
            buffer += data
            with TURN:
                while buffer and (heard := incoming(buffer, profiles)) is not None:
                    size = buffer[1] + OVERHEAD
                    if not take(heard):
                        break
                    del buffer[:size]
                if buffer:
                    super().data_received(b"")

    return FastProtocol
