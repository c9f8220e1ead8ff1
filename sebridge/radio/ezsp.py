"""Silicon Labs radios over EZSP: what bellows leaves to us."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
import itertools
from typing import Any, ClassVar, Final

from bellows.ash import AshException, AshProtocol, DataFrame
import bellows.config
from bellows.exception import EzspError
import bellows.types
from bellows.uart import Gateway
import bellows.zigbee.application
from typing_extensions import override
from zigpy.exceptions import ControllerException, NetworkNotFormed
import zigpy.types as t
from zigpy.zdo.types import SimpleDescriptor

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.ash_frames import ACKNOWLEDGEMENTS, data_frame
from sebridge.radio.ezsp_frames import Layout, incoming, layout_of
from sebridge.radio.fast_lane import Place, Take, part_of
from sebridge.radio.passive import HARDWARE_ERRORS, PassiveApplication
from sebridge.radio.radio import Counters
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy
from sebridge.zcl.zdo import ZdoCommand

_FIRST_ENDPOINT: Final = 1
_HA_PROFILE: Final = 0x0104
_IMPORTS_KEYS: Final = 13  # the first version of EZSP that has only importLinkKey
_NOT_FOUND: Final = 0xFF
_NOBODY: Final = t.EUI64.convert("00:00:00:00:00:00:00:00")  # whose entries are free
_MOST_TRANSIENT_KEYS: Final = 5  # what the smallest firmware has room for

_FLAGS = bellows.types.EmberZdoConfigurationFlags
_ZDO_FLAGS: Final = (
    _FLAGS.APP_RECEIVES_SUPPORTED_ZDO_REQUESTS
    | _FLAGS.APP_HANDLES_UNSUPPORTED_ZDO_REQUESTS
    | _FLAGS.APP_HANDLES_ZDO_BINDING_REQUESTS
)

MOST_LINK_KEYS: Final = 40
"""Devices with which keys can be established, where the firmware has memory for so many."""

CONFIG: Final[Mapping[str, Any]] = {
    bellows.config.CONF_USE_THREAD: False,
    bellows.config.CONF_EZSP_CONFIG: {
        "CONFIG_APPLICATION_ZDO_FLAGS": int(_ZDO_FLAGS),
        "CONFIG_KEY_TABLE_SIZE": MOST_LINK_KEYS,
    },
}


_USED_OF_ASH: Final = (
    *("_buffer", "_discarding_until_next_flag", "frame_received"),
    *("_send_ack", "_suppress_acks", "_transport", "_rx_seq"),
)


class FastAsh(AshProtocol):
    """bellows' ASH, which reads DATA frames without a loop over their octets.

    What is to be done with a frame remains with the library: counting, rejecting, handing on.
    """

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer and not self._discarding_until_next_flag:
            found = data_frame(self._buffer)
            if found is None:
                break
            del self._buffer[: found.size]
            frame = DataFrame(found.number, found.retransmitted, found.acknowledged, found.content)
            self.frame_received(frame)
        if self._buffer:
            rest = bytes(self._buffer)
            self._buffer.clear()
            super().data_received(rest)  # by its first octet it knows what a damaged frame was

    @override
    def _send_ack(self) -> None:
        transport = self._transport
        if self._suppress_acks or transport is None or transport.is_closing():
            super()._send_ack()
        else:
            transport.write(ACKNOWLEDGEMENTS[self._rx_seq])


def fast_gateway(layout: Layout, take: Take) -> type[Gateway]:
    """Return bellows' gateway with the fast lane, for messages with this layout."""

    class FastGateway(Gateway):
        """Offers a message before its objects are made."""

        @override
        def data_received(self, data: bytes) -> None:
            heard = incoming(data, layout)
            if heard is None or not take(heard):
                super().data_received(data)

    return FastGateway


class EzspApplication(PassiveApplication, bellows.zigbee.application.ControllerApplication):
    """bellows' application; the firmware answers ZDO questions about the endpoints it was told."""

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
        }
    )

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._link_keys: dict[Eui64, Secret] = {}
        self._key_table = asyncio.Lock()  # two keys at once would be written into one free entry

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
            Place(part_of(gateway, "_transport"), _USED_OF_ASH, FastAsh),
            Place(gateway, (), fast_gateway(layout, self.overtake)),
        )

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Keep the key for the next joining window: the firmware forgets it after minutes."""
        self._link_keys.pop(device, None)
        self._link_keys[device] = key
        if not self.knows(device):
            await self._add_transient_key(device, key)

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        self._link_keys.pop(device, None)
        await self.cleanup_tc_link_key(to_zigpy(device))

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Put the key into the firmware's table of link keys; the firmware counts by itself."""
        del counters
        address, data = to_zigpy(device), key_to_zigpy(key)
        if self._ezsp.ezsp_version < _IMPORTS_KEYS:
            (status,) = await self._ezsp.addOrUpdateKeyTableEntry(
                address=address, linkKey=True, keyData=data
            )
        else:
            async with self._key_table:
                index = await self._key_index(address)
                if await self._holds(index, address, data):
                    return
                (status,) = await self._ezsp.importLinkKey(index=index, address=address, key=data)
        _check(status, "a key that was established; is its table of link keys full?")
        self._link_keys.pop(device, None)

    async def _holds(self, index: int, device: t.EUI64, key: t.KeyData) -> bool:
        """Say whether the table has this key already: to import it lets replays in."""
        owner, present, _, status = await self._ezsp.exportLinkKeyByIndex(index=index)
        is_there = bellows.types.sl_Status.from_ember_status(status) == bellows.types.sl_Status.OK
        return is_there and bool(owner == device and present == key)

    async def _key_index(self, device: t.EUI64) -> int:
        """Return where the table has a key for the device, or room for one."""
        for address in (device, _NOBODY):
            (index,) = await self._ezsp.findKeyTableEntry(address=address, linkKey=True)
            if index != _NOT_FOUND:
                return int(index)
        raise ControllerException("the firmware's table of link keys is full")

    @override
    async def permit(self, time_s: int = 60, node: t.EUI64 | str | None = None) -> None:
        """Open or close the network; those who are still to join get in with their keys."""
        await super().permit(time_s, node)
        if time_s:
            newest_first = reversed(self._link_keys.items())
            awaited = (pair for pair in newest_first if not self.knows(pair[0]))
            for device, key in itertools.islice(awaited, _MOST_TRANSIENT_KEYS):
                await self._add_transient_key(device, key)

    async def _add_transient_key(self, device: Eui64, key: Secret) -> None:
        status = await self._ezsp.add_transient_link_key(to_zigpy(device), key_to_zigpy(key))
        _check(status, "a link key")


def _check(status: Any, what: str) -> None:
    if bellows.types.sl_Status.from_ember_status(status) != bellows.types.sl_Status.OK:
        raise ControllerException(f"the firmware did not take {what}: {status!r}")
