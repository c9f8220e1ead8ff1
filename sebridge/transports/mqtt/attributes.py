"""Reports -> retained topics: the newest value of each attribute."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
import json
from typing import Any, Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, iso_time
from sebridge.base.service import Service
from sebridge.base.sharing import shared
from sebridge.base.signals import SignalBus
from sebridge.gateway.attribute_room import FROM_BEFORE, AttributeRoom
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.device_options import DeviceOptions
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.signals import DeviceRemoved, DeviceReplaced, DeviceUpdated
from sebridge.transports.mqtt.coalescing import Written, writing_rules
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.writing import PacedWriter
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.data_types import DATA_TYPES
from sebridge.zcl.known_clusters import declared_attributes, known_attributes, known_name

_NAMELESS: Final = "0x"
_NOTHING: Final[dict[Any, Any]] = {}
_LEVELS_OF_ATTRIBUTE: Final = range(4, 7)
"""Levels of an attribute's topic: device, endpoint, cluster, the attribute, and what is unusual."""


class Publisher(Protocol):
    """The broker, as far as state needs it."""

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Keep a payload on a topic."""

    def expire(self, topic: str, after: int | None) -> None:
        """Have what is published on a topic forgotten after so many seconds; None is never."""

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the topics at or below the branch, also those of an earlier run."""


_Side = tuple[int, int, int, int | None]
"""Where attributes of a device are: endpoint, cluster, side, manufacturer code."""

_Value = tuple[AttributeValue, float]
"""An attribute's value, and when it came (UTC)."""

_Shown = dict[_Side, dict[int, Written[_Value]]]
"""The topics of one device, by side and attribute."""


class AttributeMirror(Service):
    """Keeps one retained message per attribute, from its first report to its device's removal.

    Each is written once in `interval` seconds of `clock`, with 0 at each report, and with None
    never: then those of earlier runs are emptied. What waits is written when the service stops.
    `options` of a device say whether the broker keeps its attributes and for how long, and how
    often they are written where that is another interval.

    `room` says for which there is room; `is_described` says of a device, one of its endpoints and a
    cluster whether the device has told that it has it: what is invented makes room first.
    """

    def __init__(
        self,
        bus: SignalBus,
        mqtt: Publisher,
        topics: Topics,
        *,
        clock: Clock,
        interval: float | None,
        room: AttributeRoom,
        options: Callable[[Eui64], DeviceOptions],
        is_described: Callable[[Eui64, int, int], bool],
        clusters: Clusters,
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._clusters = clusters
        self._topics = topics
        self._clock = clock
        self._room = room
        self._options = options
        self._interval = interval or 0.0
        self._is_described = is_described
        self._shown: dict[Eui64, _Shown] = {}
        self._unretained: set[Eui64] = set()
        self._writer = PacedWriter[_Value](clock, self._write)
        self._offer = self._writer.coalescing.offer
        bus.listen(DeviceRemoved, lambda removal: self._forget(removal.device))
        bus.listen(DeviceReplaced, self._on_replaced)
        bus.listen(IdentitiesChanged, self._on_identities)
        for device, topic in self._of_earlier_runs(topics.at("device")):
            if interval is None:
                mqtt.publish(topic, b"", retain=True)
            else:
                self._make_room(device, topic, FROM_BEFORE)
        if interval is not None:
            bus.listen(AttributesReported, self._on_report)
            bus.listen(DeviceUpdated, self._on_update)

    @override
    async def stop(self) -> None:
        """Write what waits."""
        for device in tuple(self._shown):
            self._drop(device)
        self._writer.stop()
        await super().stop()

    def _on_report(self, report: AttributesReported) -> None:
        side = (
            report.endpoint,
            report.cluster_id,
            report.server_or_client,
            report.manufacturer_code,
        )
        shown = self._shown.get(report.device, _NOTHING).get(side, _NOTHING)
        now = self._clock.monotonic()
        for value in report.values:
            written = shown.get(value.attribute_id) or self._begin(report, side, value.attribute_id)
            if written is None:
                continue
            come = (value, report.time)
            if self._offer(written, value.raw, come, now):
                self._write(written, come)
        if self._writer.timer is None:
            self._writer.wait(now)

    def _write(self, written: Written[_Value], come: _Value) -> None:
        value, time = come
        self._mqtt.publish(
            written.topic, _attribute_payload(value, iso_time(time)), retain=written.rules.retain
        )

    def _drop(self, device: Eui64) -> None:
        """Write what waits of a device, and begin anew with its next report."""
        for shown in self._shown.pop(device, {}).values():
            self._writer.flush(shown.values())

    def _begin(
        self, report: AttributesReported, side: _Side, attribute_id: int
    ) -> Written[_Value] | None:
        """Return where an attribute is kept; None where there is no room for it."""
        code = report.manufacturer_code
        levels = levels_of(
            self._clusters, report.cluster_id, attribute_id, report.server_or_client, code
        )
        topic = self._topics.at_endpoint(report.device, report.endpoint, *levels)
        described = self._is_described(report.device, report.endpoint, report.cluster_id)
        declared = not levels[-1].startswith(_NAMELESS)
        if not self._make_room(report.device, topic, 2 * described + declared):
            return None
        self._clear_shared(report, attribute_id, topic)
        options = self._options(report.device)
        interval = self._interval if options.throttle is None else options.throttle
        self._mqtt.expire(topic, options.retention)
        written = Written[_Value](topic, writing_rules(interval, retain=options.retain))
        shown = self._shown.setdefault(report.device, {}).setdefault(shared(side), {})
        shown[attribute_id] = written
        return written

    def _make_room(self, device: Eui64, topic: str, usefulness: int) -> bool:
        gone = self._room.take(device, topic, usefulness)
        if gone is None:
            return False
        for owner, other in gone:
            self._give_up(owner, other)
            self._mqtt.publish(other, b"", retain=True)
        return True

    def _give_up(self, owner: Eui64, topic: str) -> None:
        """Write nothing more on a topic; of a side without any, nothing is left."""
        sides = self._shown.get(owner, {})
        for side, shown in tuple(sides.items()):
            for attribute_id in [i for i, known in shown.items() if known.topic == topic]:
                shown.pop(attribute_id).waiting = None
            if not shown:
                del sides[side]

    def _clear_shared(self, report: AttributesReported, attribute_id: int, topic: str) -> None:
        """Empty the topic that an unusual attribute once shared with the usual one.

        Earlier versions left out the side and the manufacturer code. It is done once, when the
        attribute has no topic of its own yet, and only where the usual one was not heard of.
        """
        cluster_id, code = report.cluster_id, report.manufacturer_code
        usual = usual_side(self._clusters, cluster_id)
        if code is None and report.server_or_client == usual:
            return
        cluster, attribute = levels_of(self._clusters, cluster_id, attribute_id, usual, None)
        if code is not None:
            attribute = f"0x{attribute_id:04X}"  # no name was given to a manufacturer's
        device = report.device
        shared = self._topics.at_endpoint(device, report.endpoint, cluster, attribute)
        is_usual = any(
            known.topic == shared
            for shown in self._shown.get(device, {}).values()
            for known in shown.values()
        )
        is_new = not self._mqtt.kept_below(topic)
        if is_new and not is_usual and shared in self._mqtt.kept_below(shared):
            self._room.give_up(device, shared)
            self._mqtt.publish(shared, b"", retain=True)

    def _of_earlier_runs(self, branch: str) -> Iterator[tuple[Eui64, str]]:
        """Give the attributes that are kept from before on a branch, each with its device."""
        for topic in self._mqtt.kept_below(branch):
            device = self._topics.device_of(topic)
            levels = topic.removeprefix(f"{self._topics.at('device')}/").split("/")
            if device is not None and len(levels) in _LEVELS_OF_ATTRIBUTE:
                yield device, topic

    def _on_update(self, update: DeviceUpdated) -> None:
        """Weigh the attributes of a device anew: it may have told more of itself.

        It may also have other options. What is not to be kept any more is emptied, once.
        """
        device = update.device
        self._drop(device)
        if self._options(device).retain:
            self._unretained.discard(device)
        elif device not in self._unretained:
            self._unretained.add(device)
            self._empty(device)

    def _on_replaced(self, signal: DeviceReplaced) -> None:
        """Have nothing to do with what another kind of device had; its topics are left over."""
        if signal.is_other_kind:
            self._forget(signal.device)

    def _on_identities(self, signal: IdentitiesChanged) -> None:
        """Begin anew with the attributes of devices that stand in other places than before."""
        for device in signal.devices:
            self._forget(device)
            self._empty(device)

    def _empty(self, device: Eui64) -> None:
        """Have the broker forget the attributes of a device."""
        for _, topic in tuple(self._of_earlier_runs(self._topics.at_device(device))):
            self._mqtt.publish(topic, b"", retain=True)

    def _forget(self, device: Eui64) -> None:
        """Write nothing that waits of a device, and have room for others."""
        for shown in self._shown.pop(device, {}).values():
            for written in shown.values():
                written.waiting = None
        self._room.forget(device)
        self._unretained.discard(device)


def _attribute_payload(value: AttributeValue, time: str) -> bytes:
    number = type(value.value) is int  # nearly all are, and a truth value is not
    shown = str(value.value) if number else json.dumps(value.shown, ensure_ascii=False)
    octets = None if number else value.octets
    beside = "" if octets is None else f'"octets":"{octets}",'
    kind = _type_name(value.attribute_type)
    raw = value.raw.hex()
    text = f'{{"value":{shown},{beside}"raw":"{raw}","type":"{kind}","time":"{time}"}}'
    return text.encode()


@cache
def _type_name(attribute_type: int) -> str:
    known = DATA_TYPES.get(attribute_type)
    return f"0x{attribute_type:02X}" if known is None else known.name


def usual_side(clusters: Clusters, cluster_id: int) -> int:
    """Return the side that has a cluster's attributes: 1, the client, where only that has some."""
    ours = clusters.get(cluster_id)
    if known_attributes(cluster_id) or ours is None or ours.attributes(of_server=True):
        return 0
    return 1 if ours.attributes(of_server=False) else 0


def levels_of(
    clusters: Clusters,
    cluster_id: int,
    attribute_id: int,
    server_or_client: int,
    manufacturer_code: int | None,
) -> tuple[str, ...]:
    """Return the levels of an attribute's topic below its endpoint, ids as 0x0702.

    These are the cluster and the attribute. Between them stand `client` or `server` where it is
    not the usual side, and the manufacturer whose attribute it is. Names are those of zigpy; ours
    stand only for clusters of which zigpy knows no attribute, and for the client side.
    """
    cluster = known_name(cluster_id)
    levels = [cluster or f"0x{cluster_id:04X}"]
    if server_or_client != usual_side(clusters, cluster_id):
        levels.append("client" if server_or_client else "server")
    if manufacturer_code is not None:
        return *levels, f"manufacturer_0x{manufacturer_code:04X}", f"0x{attribute_id:04X}"
    if cluster is None:
        return *levels, f"0x{attribute_id:04X}"
    known = declared_attributes(clusters, cluster_id, of_server=server_or_client == 0)
    attribute = known.get(attribute_id)
    return *levels, f"0x{attribute_id:04X}" if attribute is None else attribute.name
