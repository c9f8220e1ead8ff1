"""What of a cluster's events each device has: the last of them, kept below the device."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.gateway.events.signals import EventHeard
from sebridge.network.signals import DeviceRemoved
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics

Facts = Mapping[str, Any]


def delivered_topic(topics: Topics, device: Eui64, name: str) -> str:
    """Return where the last event of a kind that a device has is kept."""
    return topics.at_device(device, name)


class DeliveredEvents:
    """Keeps the last event of a cluster that each device has, and since when it has it.

    `name` is the last level of the topic, and part of the name of the collection in which it is
    kept over restarts: one event for each known device. `describe` says of an event what people
    read of it. Of several events that are delivered at once it is the first.
    """

    def __init__(
        self,
        host: TopicHost,
        *,
        name: str,
        cluster_id: int,
        describe: Callable[[Any], Facts],
    ) -> None:
        self._host = host
        self._name = name
        self._cluster_id = cluster_id
        self._describe = describe
        self._kept: MutableMapping[Eui64, dict[str, Any]] = host.open_collection(
            f"delivered_{name}", Eui64, dict[str, Any]
        )
        host.bus.listen(EventHeard, self._on_heard)
        host.bus.listen(DeviceRemoved, self._on_removal)

    def add(self, device: Eui64, event: Facts, more: Facts) -> None:
        """Add to what is kept of a device's event, if it is still this one."""
        kept = self._kept.get(device)
        if kept is not None and event.items() <= kept.items():
            self._keep(device, {**kept, **more})

    def _on_heard(self, signal: EventHeard) -> None:
        if signal.cluster_id != self._cluster_id or not self._host.shows(signal):
            return
        if signal.record is None or not self._host.knows(signal.device):
            return
        facts, kept = self._describe(signal.record), self._kept.get(signal.device, {})
        if not facts.items() <= kept.items():  # else it had this one already
            now = self._host.clock.utc()
            self._keep(signal.device, {**facts, "time": iso_time(now)})

    def _on_removal(self, signal: DeviceRemoved) -> None:
        self._kept.pop(signal.device, None)

    def _keep(self, device: Eui64, facts: dict[str, Any]) -> None:
        self._kept[device] = facts
        topic = delivered_topic(self._host.topics, device, self._name)
        self._host.mqtt.publish(topic, dump(facts), retain=True, only_if_changed=True)
