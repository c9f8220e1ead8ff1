"""Requests about the radio itself: which network it forms or joins, and its registers."""

from collections.abc import Callable, Mapping
import re
from typing import Any, Final, Protocol

import msgspec

from sebridge.api.keys import key_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.model.plain import octets_of
from sebridge.model.values import ABSENT, Absent
from sebridge.radio.radio import FIRST_CHANNEL, LAST_CHANNEL, NetworkPlan
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

_HIGHEST_ID: Final = (1 << 64) - 1
_HIGHEST_MASK: Final = 0xFFFF
_COMMAND: Final = re.compile(r"[A-Z0-9%+]{2}")
_LONGEST_VALUE: Final = 100  # octets; the longest register, a certificate, has 48
_INTEGER: Final = re.compile(r"0[xX][0-9a-fA-F]+")
_IGNORED: Final = frozenset({"eui"})
_SECRET: Final = frozenset({"KY", "NK", "ZV"})
"""Registers that hold keys: link key, network key, private key of the certificate."""


class Network(Protocol):
    """Who keeps the plan of the network."""

    @property
    def plan(self) -> NetworkPlan:
        """The network to form or join."""

    async def change(
        self,
        *,
        extended_pan_id: int | None = None,
        channel_mask: int | None = None,
        link_key: Secret | None = None,
    ) -> None:
        """Change what is given, then form or look for such a network."""

    async def change_channel(self, channel: int | None = None) -> tuple[int, int]:
        """Take the network to a channel, or the quietest of the plan; return old and new."""

    async def change_network_key(self) -> int | None:
        """Give the network another, random key; return its sequence number, where it is told."""

    async def leave(self) -> None:
        """Leave the network; nothing for the coordinator."""


class Module(Protocol):
    """The radio, as far as its registers go."""

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Carry out an AT command; RefusedError for what only an XBee has, if it is none."""


class ConfigureZigbeeNetworkResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What is set now. Keys and codes are never told."""

    extended_pan_id: int
    channel_mask: int
    join_interval: int


class GetZigbeeNetworkConfigurationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What is set now. Keys and codes are never told."""

    extended_pan_id: int
    channel_mask: int
    join_attempt_interval: int


class ChangeChannelResponse(msgspec.Struct, frozen=True, kw_only=True):
    """On which channel the network was, and is now."""

    old_channel: int
    channel: int


class ChangeNetworkKeyResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Under which number the new network key is used, where the radio tells it; never the key."""

    key_sequence_number: int | Absent = ABSENT


class LeaveNetworkResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing: the network is left."""


class XBeeATResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The command, and the value that was set or read; that of a key register is not told."""

    command: str
    value: Any | Absent = ABSENT


def _needed_for_network(_group: object, arguments: Mapping[str, Any]) -> Scope:
    return Scope.ADMIN if arguments.keys() - _IGNORED else Scope.READ


class RadioMethods:
    """Requests that change the radio and its network.

    `join_interval` reads ZDO_Device_Manager.join_interval (seconds), `set_join_interval` changes
    it, and raises RequestError for a wrong value.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        network: Network,
        module: Module,
        join_interval: Callable[[], int],
        set_join_interval: Callable[[int], None],
    ) -> None:
        self._network = network
        self._module = module
        self._join_interval = join_interval
        self._set_join_interval = set_join_interval

    @method(scope=Scope.READ, needs=_needed_for_network)
    async def configure_zigbee_network(  # the parameters of the RPC reference
        self,
        *,
        extended_pan_id: int | Absent = ABSENT,
        channel_mask: int | Absent = ABSENT,
        link_key: Any = ABSENT,
        installation_code: Any = ABSENT,
        join_interval: int | Absent = ABSENT,
        join_attempt_interval: int | Absent = ABSENT,
        eui: Eui64 | Absent = ABSENT,
    ) -> ConfigureZigbeeNetworkResponse:
        """Set which network to form or join; without any parameter only tell what is set.

        A coordinator then dissolves its network and forms another: all devices have to join anew.
        A router or display leaves, and joins by what is set. extended_pan_id 0 is a random one to
        form, and any to join; bit n of channel_mask is channel 11 + n. link_key, or the key of
        installation_code, is that with which devices join. join_interval (seconds), which
        join_attempt_interval is another name for, leaves the network as it is. eui is ignored. To
        set anything needs the admin scope.
        """
        del eui
        interval = join_attempt_interval if join_interval is ABSENT else join_interval
        await self._change(
            extended_pan_id=extended_pan_id,
            channel_mask=channel_mask,
            key=key_of(link_key, installation_code),
            join_interval=interval,
        )
        return ConfigureZigbeeNetworkResponse(
            extended_pan_id=self._network.plan.extended_pan_id,
            channel_mask=self._network.plan.channel_mask,
            join_interval=self._join_interval(),
        )

    @method(scope=Scope.READ, needs=_needed_for_network)
    async def get_zigbee_network_configuration(  # those of the RPC reference
        self,
        *,
        extended_pan_id: int | Absent = ABSENT,
        channel_mask: int | Absent = ABSENT,
        link_key: Any = ABSENT,
        installation_code: Any = ABSENT,
        join_attempt_interval: int | Absent = ABSENT,
        join_interval: int | Absent = ABSENT,
        eui: Eui64 | Absent = ABSENT,
    ) -> GetZigbeeNetworkConfigurationResponse:
        """Do the same as configure_zigbee_network, under the name in the reference's how-to.

        Without any parameter it only tells what is set; to set anything needs the admin scope.
        """
        del eui
        interval = join_interval if join_attempt_interval is ABSENT else join_attempt_interval
        await self._change(
            extended_pan_id=extended_pan_id,
            channel_mask=channel_mask,
            key=key_of(link_key, installation_code),
            join_interval=interval,
        )
        return GetZigbeeNetworkConfigurationResponse(
            extended_pan_id=self._network.plan.extended_pan_id,
            channel_mask=self._network.plan.channel_mask,
            join_attempt_interval=self._join_interval(),
        )

    @method(scope=Scope.ADMIN)
    async def change_channel(self, channel: int | Absent = ABSENT) -> ChangeChannelResponse:
        """Take the gateway's network to a channel (11..26), or to the quietest that may be used.

        Its devices are told and go there, too; who does not hear it looks for the network again. It
        takes some seconds. Only a coordinator can.
        """
        wanted = None if channel is ABSENT else channel
        if wanted is not None and not FIRST_CHANNEL <= wanted <= LAST_CHANNEL:
            raise ParameterError("channel", f"must be {FIRST_CHANNEL}..{LAST_CHANNEL}")
        old, new = await self._network.change_channel(wanted)
        return ChangeChannelResponse(old_channel=old, channel=new)

    @method(scope=Scope.ADMIN)
    async def change_network_key(self) -> ChangeNetworkKeyResponse:
        """Give the gateway's network another key, which is random and never shown.

        Its devices are sent it, and use it ten seconds later; who does not hear it comes back with
        its link key. Only a coordinator can. A radio of type xbee does not tell the key's number.
        """
        number = await self._network.change_network_key()
        return ChangeNetworkKeyResponse(key_sequence_number=ABSENT if number is None else number)

    @method(scope=Scope.ADMIN)
    async def leave_network(self) -> LeaveNetworkResponse:
        """Leave the network, and look for one to join again; no effect on a coordinator."""
        await self._network.leave()
        return LeaveNetworkResponse()

    @method(scope=Scope.ADMIN)
    async def xbee_AT(self, command: str, value: Any = ABSENT) -> XBeeATResponse:
        """Read or set a register of an XBee module, or have it carry out a command.

        A value is an integer (as a number, or text that begins with 0x), or octets as base16 or
        base64. What is read is an integer up to 8 octets, and octets above. Certificates: ZU, ZT
        and ZV take the authority's public key, the certificate and the private key, WR writes
        them, NR resets the network. With another radio than an XBee these four put the certificate
        into security.certificate_store, checked; the gateway uses it from its next start on, and
        0 for all three goes back to the one before.
        """
        name = command.strip().upper()
        if not _COMMAND.fullmatch(name):
            raise ParameterError("command", "must be the two characters of an AT command")
        argument = None if value is ABSENT else _register_value(value)
        read = await self._module.at_command(name, argument)
        shown: Any = ABSENT if read is None else read
        if value is not ABSENT:
            shown = value
        return XBeeATResponse(command=command, value=ABSENT if name in _SECRET else shown)

    async def _change(
        self,
        *,
        extended_pan_id: int | Absent,
        channel_mask: int | Absent,
        key: Secret | None,
        join_interval: int | Absent,
    ) -> None:
        extended = _limited("extended_pan_id", extended_pan_id, 0, _HIGHEST_ID)
        mask = _limited("channel_mask", channel_mask, 1, _HIGHEST_MASK)
        if join_interval is not ABSENT:
            self._set_join_interval(join_interval)
        if (extended, mask, key) != (None, None, None):
            await self._network.change(extended_pan_id=extended, channel_mask=mask, link_key=key)


def _limited(name: str, value: int | Absent, low: int, high: int) -> int | None:
    if value is ABSENT:
        return None
    if not low <= value <= high:
        raise ParameterError(name, f"must be 0x{low:X}..0x{high:X}")
    return value


def _register_value(value: Any) -> int | bytes:
    """Return what to write; the value is never part of an error, as it may be a key."""
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value, 16)
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 1 << 8 * _LONGEST_VALUE:
            raise ParameterError("value", "must be a positive integer, or octets")
        return value
    octets = octets_of(value, "value")
    if len(octets) > _LONGEST_VALUE:
        raise ParameterError("value", f"has {len(octets)} octets, more than {_LONGEST_VALUE}")
    return octets
