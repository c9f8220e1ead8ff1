"""XBee modules: APS encryption, broadcasts and link keys, which zigpy-xbee leaves out.

Transmit options are those of Digi's API frame 0x11: 0x20 for APS encryption, 0x40 for the extended
time-out of devices that sleep. Source: Digi XBee/XBee-PRO SE manual.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Final

from typing_extensions import override
from zigpy.config import CONF_DEVICE, CONF_WATCHDOG_ENABLED
from zigpy.exceptions import DeliveryError, NetworkNotFormed
import zigpy.types as t
from zigpy_xbee.api import AT_COMMANDS
import zigpy_xbee.exceptions
import zigpy_xbee.types
from zigpy_xbee.zigbee.application import ControllerApplication

from sebridge.base.addresses import UNKNOWN_NWK, Eui64
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.fast_lane import Place, part_of
from sebridge.radio.passive import HARDWARE_ERRORS, PassiveApplication
from sebridge.radio.radio import Counters, FoundModule, TxStatus
from sebridge.radio.xbee.forming import is_member
from sebridge.radio.xbee.frames import RECEIVED_BROADCAST, RECEIVED_ENCRYPTED, module_in
from sebridge.radio.xbee.line import XBeeApi, fast_line
from sebridge.radio.xbee.network import NetworkApplication
from sebridge.radio.zigpy_words import from_zigpy, heard_from, to_zigpy

SEND_ENCRYPTED: Final = 0x20
SEND_PATIENTLY: Final = 0x40
_LONGEST_SENDING: Final = 60.0  # seconds; the module gives up long before
_KEY_LIFETIME: Final = 0xFFFF  # seconds that the module keeps a registered key
_LINK_KEY: Final = 0x00  # kind of key in a registration
_LONGEST_COMMAND: Final = 5.0  # seconds; a module answers at once, or after writing its flash
_LONGEST_NUMBER: Final = 8  # octets
MOST_MODULES: Final = 256
"""Modules of one search."""
_TENTHS: Final = 10  # of a second, in NT
_ON_THE_AIR: Final = 1.0  # seconds that an answer may take besides
_RESETS: Final = (
    zigpy_xbee.types.ModemStatus.HARDWARE_RESET,
    zigpy_xbee.types.ModemStatus.WATCHDOG_TIMER_RESET,
)

CONFIG: Final[Mapping[str, Any]] = {CONF_WATCHDOG_ENABLED: False}  # the library's asks nothing


class XBeeApplication(PassiveApplication, NetworkApplication):
    """zigpy-xbee's application with the options of each frame kept."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        *HARDWARE_ERRORS,
        zigpy_xbee.exceptions.ATCommandException,
        RuntimeError,  # a refused registration
        *(AssertionError, LookupError, TypeError, ValueError),  # at what no module should say
    )

    is_watched: ClassVar[bool] = True

    _has_next_key = False  # the network key that was set last

    @override
    async def connect(self) -> None:
        """Open the port; what is on it that cannot be understood is counted."""
        api = XBeeApi(
            self._config[CONF_DEVICE], self.taker.skipped, any_baud_rate=not self.answered_before
        )
        api.set_application(self)
        await api.connect()
        self._api = api

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        try:
            await super().load_network_info(load_devices=load_devices)
        except NetworkNotFormed:
            if await is_member(self._api.register):
                self.guard.refuse_member()
            raise

    @override
    async def prove_alive(self) -> None:
        # the library's own way would wait 3 seconds, which is too short
        with suppress(ParameterError):  # a refusal is an answer too
            await self.at_command("AI", None)

    @override
    def handle_modem_status(self, status: zigpy_xbee.types.ModemStatus) -> None:
        """Begin again with a module that was reset: it has forgotten what was not written."""
        super().handle_modem_status(status)
        if status == zigpy_xbee.types.ModemStatus.NETWORK_SECURITY_KEY_UPDATED:
            self._has_next_key = True
        if status in _RESETS:
            self.connection_lost(ConnectionResetError("the module was reset"))

    @override
    async def send_next_network_key(self, key: Secret) -> None:
        """Have the module send it to all, and use it a few seconds later; it says when it does."""
        self._has_next_key = False
        await self._api.at("NK", key.reveal())

    @override
    async def switch_network_key(self) -> None:
        """Keep it; the module switches by itself."""
        await self._api.at("WR")

    @override
    async def uses_network_key(self, key: Secret) -> bool:
        return self._has_next_key

    @property
    @override
    def network_key_number(self) -> int | None:
        """None: a module tells nothing of its keys."""
        return None

    @override
    async def prepare_move(self, channel: int) -> None:
        await self.allow_channel(channel)

    # ------------------------------------------------------------------ sending

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        """Send to a device or to all, and wait for the module's transmit status."""
        assert packet.dst is not None
        nwk = int(packet.dst.address)  # type: ignore[arg-type]  # a 16-bit address
        options = SEND_PATIENTLY if packet.extended_timeout else 0
        if t.TransmitOptions.APS_Encryption in packet.tx_options:
            options |= SEND_ENCRYPTED
        sending = self._api.tx_explicit(
            self._long_address(nwk, is_broadcast=packet.dst.addr_mode is t.AddrMode.Broadcast),
            nwk,
            packet.src_ep or 0,
            packet.dst_ep or 0,
            packet.cluster_id,
            packet.profile_id,
            packet.radius,
            zigpy_xbee.types.TXOptions(options),
            packet.data.serialize(),
        )
        try:
            await asyncio.wait_for(sending, timeout=_LONGEST_SENDING)
        except TimeoutError as error:
            problem = "the module did not say what became of it"
            raise DeliveryError(problem, TxStatus.NO_ACK) from error

    def _long_address(self, nwk: int, *, is_broadcast: bool) -> Any:
        if is_broadcast:
            return zigpy_xbee.types.EUI64(nwk.to_bytes(8, "little"))
        device = self.taker.device_at(nwk)
        if device is None:
            return zigpy_xbee.types.UNKNOWN_IEEE
        return zigpy_xbee.types.EUI64(bytes(device))

    # ------------------------------------------------------------------ receiving

    @override
    def handle_rx(
        self,
        src_ieee: t.EUI64,
        src_nwk: int,
        src_ep: int,
        dst_ep: int,
        cluster_id: int,
        profile_id: int,
        rxopts: int,
        data: bytes,
    ) -> None:
        """Take a frame from the module, which usually knows both addresses of its sender."""
        own = self.state.node_info.nwk
        if rxopts & RECEIVED_BROADCAST:
            mode, address = t.AddrMode.Broadcast, int(t.BroadcastAddress.RX_ON_WHEN_IDLE)
        else:
            mode, address = t.AddrMode.NWK, int(own)
        encrypted = t.TransmitOptions.APS_Encryption
        packet = t.ZigbeePacket(
            src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(src_nwk)),
            src_ep=t.uint8_t(src_ep),
            dst=t.AddrModeAddress(mode, t.NWK(address)),
            dst_ep=t.uint8_t(dst_ep),
            profile_id=t.uint16_t(profile_id),
            cluster_id=t.uint16_t(cluster_id),
            data=t.SerializableBytes(bytes(data)),
            tx_options=encrypted if rxopts & RECEIVED_ENCRYPTED else t.TransmitOptions.NONE,
        )
        if src_ieee == zigpy_xbee.types.UNKNOWN_IEEE or src_nwk == own:
            self.packet_received(packet)
        elif src_nwk != UNKNOWN_NWK:
            self.taker.device_seen(from_zigpy(src_ieee), int(src_nwk))
            self.packet_received(packet)
        elif heard := heard_from(packet):
            self.taker.take_from(from_zigpy(src_ieee), heard)

    @override
    def fast_lane(self) -> Sequence[Place]:
        """Leave the library where it takes frames out of its buffer."""
        protocol = part_of(self, "_api", "_uart")
        return (Place(protocol, (), fast_line(self.overtake)),)

    # ------------------------------------------------------------------ registers

    @override
    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Read or set a register, or carry out a command of the module."""
        # the library knows no registers of Smart Energy firmware, and has no type for some others
        if command not in AT_COMMANDS or not _has_type(AT_COMMANDS[command]):
            AT_COMMANDS[command] = zigpy_xbee.types.Bytes
        data = value if isinstance(value, bytes) else _register(AT_COMMANDS[command], value)
        try:
            answer = await asyncio.wait_for(
                self._api._command("at", command.encode("ascii"), data),  # noqa: SLF001
                timeout=_LONGEST_COMMAND,
            )
        except zigpy_xbee.exceptions.InvalidCommand as error:
            raise ParameterError("command", f"the module does not know {command}") from error
        except zigpy_xbee.exceptions.InvalidParameter as error:
            raise ParameterError("value", f"the module does not take it for {command}") from error
        if answer is None:
            return None
        return int(answer) if isinstance(answer, int) else _number(bytes(answer))

    @override
    async def find_modules(self, wait: Callable[[float], Awaitable[None]]) -> Sequence[FoundModule]:
        """Ask all modules who they are (ND), and wait for as long as they may take (NT)."""
        own, heard = from_zigpy(self.state.node_info.ieee), dict[Eui64, FoundModule]()

        def take(told: bytes) -> None:
            module = module_in(told)
            if module is None:
                self.taker.skipped()
            elif module.address != own and len(heard) < MOST_MODULES:
                heard[module.address] = module

        awaited = await self.at_command("NT", None)
        patience = (awaited if isinstance(awaited, int) else 0) / _TENTHS + _ON_THE_AIR
        stop = self._api.discover(take)
        try:
            await wait(patience)
        finally:
            stop()
        return tuple(heard.values())

    # ------------------------------------------------------------------ link keys

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        await self._register(device, key.reveal())

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        """De-register: a registration with an empty key."""
        await self._register(device, b"")

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Refuse: Smart Energy modules establish keys in their own firmware, others not at all."""
        del key, counters
        raise RefusedError(
            f"an XBee takes no key that the gateway established with {device}: put the"
            " certificate into the module, and leave security.certificate_store empty"
        )

    async def _register(self, device: Eui64, key: bytes) -> None:
        address = to_zigpy(device)
        try:
            await ControllerApplication.permit_with_link_key(
                self, address, key, _KEY_LIFETIME, _LINK_KEY
            )
        except zigpy_xbee.exceptions.InvalidCommand:
            # Smart Energy firmware has no register for the lifetime of keys
            await self._api.register_joining_device(address, UNKNOWN_NWK, _LINK_KEY, key)


def _has_type(kind: Any) -> bool:
    """Say whether the library can read and write a register of this type; None has no value."""
    return kind is None or (isinstance(kind, type) and hasattr(kind, "deserialize"))


def _register(kind: Any, value: int | None) -> bytes:
    """Return an integer as the octets of a register."""
    if value is None:
        return b""
    if kind is None:
        raise ParameterError("value", "this command takes none")
    if not issubclass(kind, int):
        return value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big")
    try:
        octets: bytes = kind(value).serialize()
    except ValueError:
        raise ParameterError("value", "is too large for this register") from None
    return octets


def _number(octets: bytes) -> int | bytes:
    """Return an answer as an integer, as far as it has up to 8 octets (N22)."""
    return octets if len(octets) > _LONGEST_NUMBER else int.from_bytes(octets, "big")
