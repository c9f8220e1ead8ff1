"""Simulated plugs are switched, and what is plugged in goes off with them; a remote switches."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from sebridge.features.on_off.cluster import OnOffClient, OnOffServer
from sebridge.features.on_off.records import ON_OFF_CLUSTER, OffRecord, OnRecord, ToggleRecord
from sebridge.gateway.cluster import Outcome, Sending
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import (
    LAMP,
    NOTHING,
    REMOTE_CONTROL,
    SMART_PLUG,
    TWO_OUTLET_PLUG,
    SimulatedHost,
    SimulatedPart,
)
from sebridge.zcl.identifiers import HA_PROFILE

SECOND_OUTLET: Final = 2
"""The endpoint of the second outlet of a plug that has two."""

BUTTONS: Final[dict[str, type[Record]]] = {
    "on": OnRecord,
    "off": OffRecord,
    "toggle": ToggleRecord,
}


class SeenSwitch(msgspec.Struct, frozen=True):
    """What a person sees of a plug: whether its lamp is lit."""

    on: bool


class RemoteControl:
    """The buttons of a remote control. `peers` are those to whom its cluster is bound."""

    def __init__(
        self,
        peers: Callable[[], Iterator[Peer]],
        send: Callable[[tuple[Sending, ...]], object],
    ) -> None:
        self._peers = peers
        self._send = send

    def press(self, button: str) -> int:
        """Send what a button stands for; return to how many others."""
        record = BUTTONS[button]()
        sendings = tuple(Sending(peer, record) for peer in self._peers())
        self._send(sendings)
        return len(sendings)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let plugs be switched, which are on when they are plugged in, and remote controls switch."""
    if host.kind is SMART_PLUG:
        first = _outlet(host, host.supply.switch)
        return SimulatedPart(clusters=(first,), shown={"on_off": _seen(first)})
    if host.kind is TWO_OUTLET_PLUG:
        first, second = _outlet(host), _outlet(host)
        return SimulatedPart(
            clusters=(first,),
            further={SECOND_OUTLET: (second,)},
            shown={"on_off": _seen(first), "second_on_off": _seen(second)},
        )
    if host.kind is LAMP:
        first = _outlet(host, host.supply.switch)
        host.supply.listen(lambda on: first.switch(on=on))  # by its level
        return SimulatedPart(clusters=(first,), shown={"on_off": _seen(first)})
    return _remote_control(host) if host.kind is REMOTE_CONTROL else NOTHING


def _outlet(host: SimulatedHost, feeds: Callable[..., object] | None = None) -> OnOffServer:
    def switched(is_on: bool) -> None:  # noqa: FBT001 - it is called with that alone
        if feeds is not None:
            feeds(on=is_on)
        host.house.note_change()

    return OnOffServer(is_on=True, switched=switched)


def _seen(server: OnOffServer) -> Callable[[], SeenSwitch]:
    return lambda: SeenSwitch(server.is_on)


def _remote_control(host: SimulatedHost) -> SimulatedPart:
    client = OnOffClient()

    def peers() -> Iterator[Peer]:
        for one in host.station.bindings:
            is_ours = one.cluster_id == ON_OFF_CLUSTER.cluster_id
            if is_ours and one.device is not None and one.device_endpoint is not None:
                yield Peer(one.device, one.device_endpoint, HA_PROFILE)

    def send(sendings: tuple[Sending, ...]) -> None:
        host.carry_out(client, Outcome(sendings=sendings))

    return SimulatedPart(clusters=(client,), views=(RemoteControl(peers, send),))
