"""One of each local cluster, with something in it that could be spoilt; and its whole state."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any, Final

from sebridge.base.clock import unix_time
from sebridge.base.errors import DecodeError
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.cover.cluster import BoundCover, CoverClient, CoverServer
from sebridge.features.electrical.simulated import ElectricalServer, ElectricalSettings
from sebridge.features.groups.cluster import GroupsClient, GroupsServer
from sebridge.features.ias_zone.cluster import ZoneClient, ZoneServer
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer
from sebridge.features.keys.clusters import (
    KeyEstablishmentClient,
    KeyEstablishmentServer,
)
from sebridge.features.light.cluster import (
    BoundColor,
    BoundLevel,
    ColorClient,
    ColorServer,
    LevelClient,
    LevelServer,
)
from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.metering.client import MeteringClient
from sebridge.features.metering.mirror_server import MirrorServer, MirrorTable
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.features.on_off.cluster import BoundOnOff, OnOffClient, OnOffServer
from sebridge.features.ota.client import OtaClient
from sebridge.features.ota.server import OtaServer
from sebridge.features.prepayment.account import Account, PrepaidAccount, Terms
from sebridge.features.prepayment.client import PrepaymentClient
from sebridge.features.prepayment.server import PrepaymentServer
from sebridge.features.temperature.cluster import TemperatureClient, TemperatureServer
from sebridge.features.thermostat.cluster import ThermostatClient
from sebridge.features.thermostat.room import Room
from sebridge.features.thermostat.simulated import ThermostatServer
from sebridge.features.time.server import TimeClient, TimeServer
from sebridge.features.tunneling.client import TunnelingClient
from sebridge.features.tunneling.records import RequestTunnelRecord, RequestTunnelResponseRecord
from sebridge.features.tunneling.server import TunnelingServer
from sebridge.features.tunneling.tunnel import TunnelProtocol
from sebridge.gateway.cluster import Command, LocalCluster
from sebridge.model.data_types import PrefixedOctets, RemainingOctets
from sebridge.model.record import Record
from sebridge.model.shape import Listing, fields_of, form_of, shape_of
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT
from tests.features.ota.parts import FIRMWARE, begun, offer, updates_of
from tests.gateway.radio_side import NOW, always, peer
from tests.rules.parts import (
    hears,
    load,
    load_server,
    message,
    message_client,
    message_server,
    price,
    price_client,
    price_server,
)

_ENOUGH: Final = bytes(200)  # more than any command of fixed length has


def _with_event(server: Any, record: Any) -> Any:
    server.add(record, NOW)
    return server


def nobody(_command: Command) -> None:
    """Hear what is handed on, and do nothing with it."""


def _told(client: Any, record: Any) -> Any:
    hears(client, record)
    return client


def _load_client() -> DrlcClient:
    schedule: Any = Schedule(Policy.LOAD_CONTROL, {})
    return DrlcClient(9, schedule, LoadControlSettings(), Random(0), time_is_known=always)


def _tunnel_server() -> TunnelingServer:
    server = TunnelingServer(0x5E, [TunnelProtocol(0)])
    hears(server, RequestTunnelRecord(protocol_id=0, flow_control_support=1))
    return server


def _tunnel_client() -> TunnelingClient:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))
    hears(client, RequestTunnelResponseRecord(tunnel_id=0, tunnel_status=0))
    return client


def _ota_server() -> OtaServer:
    updates = updates_of()
    begun(updates, NOW)
    return OtaServer(updates)


def _ota_client() -> OtaClient:
    client = OtaClient(FIRMWARE, print)
    hears(client, offer())
    return client


def _account() -> PrepaidAccount:
    accounts = {"account": Account(credit=20)}
    return PrepaidAccount("account", Terms(), lambda _code: None, accounts, {})


EVERY: Final[Mapping[type[LocalCluster], Callable[[], LocalCluster]]] = {
    type(make()): make
    for make in (
        lambda: BasicServer("maker", "model"),
        BasicClient,
        lambda: IdentifyServer(lambda: NOW),
        IdentifyClient,
        lambda: GroupsServer({3: "Hall"}),
        GroupsClient,
        OnOffServer,
        OnOffClient,
        BoundOnOff,
        LevelServer,
        LevelClient,
        BoundLevel,
        ColorServer,
        ColorClient,
        BoundColor,
        CoverServer,
        CoverClient,
        BoundCover,
        ZoneServer,
        ZoneClient,
        lambda: TemperatureServer(lambda: 20.0),
        TemperatureClient,
        lambda: ThermostatServer(Room(), lambda: unix_time(NOW), lambda: None),
        ThermostatClient,
        _ota_server,
        _ota_client,
        lambda: TimeServer(lambda: NOW),
        TimeClient,
        KeepAliveServer,
        KeepAliveClient,
        lambda: _with_event(price_server(), price(1)),
        lambda: _told(price_client(), price(1)),
        lambda: _with_event(load_server(), load(1, 0, 60)),
        lambda: _told(_load_client(), load(1, 0, 60)),
        lambda: _with_event(message_server(), message(1)),
        lambda: _told(message_client(), message(1)),
        lambda: MeterServer("meter", MeterSettings(), lambda: unix_time(NOW), {}, lambda: 0.0),
        lambda: MeteringClient(MirrorTable({0xC0: peer()})),
        MirrorServer,
        lambda: ElectricalServer(ElectricalSettings(phases=3)),
        _tunnel_server,
        _tunnel_client,
        lambda: PrepaymentServer(_account()),
        lambda: PrepaymentClient(9),
        lambda: KeyEstablishmentServer(3, nobody),
        lambda: KeyEstablishmentClient(3, nobody),
    )
}
"""How one of each class is made."""


def concrete(kind: type[LocalCluster] = LocalCluster) -> Iterator[type[LocalCluster]]:
    """Give all classes of local clusters of the project that stand for one side of a cluster."""
    for below in kind.__subclasses__():
        yield from concrete(below)
        is_whole = hasattr(below, "definition") and hasattr(below, "server")
        if below.__module__.startswith("sebridge.") and is_whole:
            yield below


def refuses_by_session(cluster: LocalCluster) -> bool:
    """Say whether a cluster hands on what cannot be read, so that a Terminate is the answer."""
    return cluster.cluster_id == KEY_ESTABLISHMENT


# ------------------------------------------------------------------ its commands


def commands(cluster: LocalCluster) -> Mapping[int, type[Record]]:
    """Return the commands that come to this side, by their number."""
    definition = cluster.definition
    known = (definition.find(n, from_server=not cluster.server) for n in range(0x100))
    return {command.command_id: command.record for command in known if command is not None}


def shortest(kind: type[Record]) -> int:
    """Return how many octets a command has at least."""
    for length in range(len(_ENOUGH)):
        try:
            kind.deserialize(_ENOUGH[:length])
        except DecodeError:
            continue
        return length
    raise AssertionError(f"{kind.__name__} cannot be read")


def whole(kind: type[Record]) -> bytes | None:
    """Return a payload with all fields; None for a command that has no longest one."""
    fields = fields_of(kind)
    if fields and (
        isinstance(form_of(fields[-1].kind), (PrefixedOctets, RemainingOctets))
        or isinstance(shape_of(fields[-1].kind), Listing)
    ):
        return None
    return kind.deserialize(_ENOUGH).serialize()


# ------------------------------------------------------------------ its state


def state_of(value: Any, seen: tuple[int, ...] = ()) -> Any:
    """Return everything that an object knows, so that two moments can be compared."""
    if id(value) in seen or callable(value):
        return type(value).__name__
    seen = (*seen, id(value))
    if isinstance(value, Random):
        return value.getstate()
    if isinstance(value, (str, bytes, int, float, type(None))):
        return value
    if isinstance(value, Mapping):
        return [(repr(key), state_of(item, seen)) for key, item in value.items()]
    if isinstance(value, Iterable):
        return [state_of(item, seen) for item in value]
    names = [*getattr(value, "__dict__", ()), *getattr(value, "__slots__", ())]
    return {name: state_of(getattr(value, name, None), seen) for name in names}
