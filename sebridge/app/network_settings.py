"""Which network the radio is to form or join: what was set by RPC, before the configuration."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Final

from msgspec.structs import replace

from sebridge.base.secret import Secret
from sebridge.network.known_device import KnownDevice
from sebridge.radio.network_guard import FormedNetwork, NetworkGuard
from sebridge.radio.network_plan import configured_plan
from sebridge.radio.radio import FIRST_CHANNEL, NetworkPlan, Radio
from sebridge.settings.options import RadioOptions
from sebridge.storage.collection import OpenCollection

_ONLY: Final = "here"
"""The one key of the collection."""


def network_guard(open_collection: OpenCollection, devices: Iterable[KnownDevice]) -> NetworkGuard:
    """Return the guard of the network of a database.

    Of these devices those are in it that have an address there, and not who was only added.
    """
    stored = open_collection("formed_network", str, FormedNetwork)
    return NetworkGuard(stored, lambda: any(device.nwk is not None for device in devices))


def network_plan(open_collection: OpenCollection, options: RadioOptions) -> NetworkPlan:
    """Return the plan of a database's network: what was set by RPC, before the configuration."""
    return stored_plans(open_collection).get(_ONLY, configured_plan(options))


def stored_plans(open_collection: OpenCollection) -> MutableMapping[str, NetworkPlan]:
    """Return where a database keeps what was set by RPC."""
    return open_collection("network_plan", str, NetworkPlan)


class NetworkSettings:
    """Keeps the plan of the network, and carries it out.

    `stored` is what was set by RPC, and survives; `configured` is the plan of the configuration
    file. `begin_again` leaves or dissolves the present network, and starts the radio anew. `move`
    takes the network to the quietest of some channels, and returns it.
    """

    def __init__(
        self,
        stored: MutableMapping[str, NetworkPlan],
        configured: NetworkPlan,
        radio: Radio,
        begin_again: Callable[[str], Awaitable[None]],
        move: Callable[[Collection[int]], Awaitable[int]],
        *,
        joins: bool,
    ) -> None:
        self._stored = stored
        self._configured = configured
        self._begin_again = begin_again
        self._move = move
        self._radio = radio
        self._joins = joins
        self._changing = asyncio.Lock()
        if _ONLY in stored:
            radio.plan(stored[_ONLY])
        elif configured.link_key is not None:
            radio.plan(configured)

    @property
    def plan(self) -> NetworkPlan:
        """The network to form or join."""
        return self._stored.get(_ONLY, self._configured)

    async def change(
        self,
        extended_pan_id: int | None = None,
        channel_mask: int | None = None,
        link_key: Secret | None = None,
    ) -> None:
        """Change what is given, then form or look for such a network.

        DeliveryError when the radio does not give up the present one; the change is kept even so.
        """
        plan = self.plan
        plan = replace(
            plan,
            extended_pan_id=plan.extended_pan_id if extended_pan_id is None else extended_pan_id,
            channel_mask=plan.channel_mask if channel_mask is None else channel_mask,
            link_key=plan.link_key if link_key is None else link_key,
        )
        self._stored[_ONLY] = plan
        self._radio.plan(plan)
        await self._begin_again("the network is configured anew")

    async def change_channel(self, channel: int | None = None) -> tuple[int, int]:
        """Take the network to a channel (11..26), or the quietest of the plan; return old and new.

        A plan that does not allow the new channel allows that one only from then on. RefusedError
        in a network of others and where the radio cannot, NotJoinedError without one,
        DeliveryError when the radio did not do it.
        """
        async with self._changing:
            before = self._radio.network.channel
            among = self.plan.channels if channel is None else (channel,)
            after = await self._move(among)
            if after not in self.plan.channels:
                plan = replace(self.plan, channel_mask=1 << after - FIRST_CHANNEL)
                self._stored[_ONLY] = plan
                self._radio.plan(plan)
        return before, after

    async def change_network_key(self) -> int | None:
        """Give the network another, random key; return its sequence number, where it is told.

        Errors are those of `change_channel`.
        """
        async with self._changing:
            return await self._radio.change_network_key()

    async def leave(self) -> None:
        """Leave the network and look for one again; nothing for the coordinator, which is it."""
        if self._joins:
            await self._begin_again("the network is left")
