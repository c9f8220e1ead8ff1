"""The newest values of a cluster's servers on their topics, as the options of devices say."""

from collections.abc import Callable, Sequence
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.signals import ReportingAgreed
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.signals import DeviceRemoved, DeviceUpdated
from sebridge.transports.mqtt.coalescing import Written, writing_rules
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.writing import PacedWriter

_AT_ONCE: Final = writing_rules(0.0, retain=True)


class ValueTopics:
    """Keeps what servers of a cluster show: as often as they tell it, or as their options say.

    `topic_of` gives the topic of an endpoint. It expires when the one of `attribute_ids` that is
    told most often is not told any more.
    """

    def __init__(
        self,
        host: TopicHost,
        topic_of: Callable[[Topics, Eui64, int], str],
        cluster_id: int,
        attribute_ids: Sequence[int],
    ) -> None:
        self._host = host
        self._mqtt = host.mqtt
        self._clock = host.clock
        self._topic_of = topic_of
        self._cluster_id = cluster_id
        self._attribute_ids = attribute_ids
        self._written: dict[Eui64, dict[int, Written[bytes]]] = {}
        self._writer = PacedWriter[bytes](host.clock, self._write)
        bus = host.bus
        bus.listen(DeviceUpdated, lambda signal: self._begin_anew(signal.device))
        bus.listen(ReportingAgreed, lambda signal: self._begin_anew(signal.device))
        bus.listen(IdentitiesChanged, self._on_identities)
        bus.listen(DeviceRemoved, lambda signal: self._forget(signal.device))

    def publish(self, device: Eui64, endpoint: int, payload: bytes) -> None:
        """Have this on the topic of an endpoint, now or when it may be written again."""
        try:
            written = self._written[device][endpoint]
        except KeyError:
            written = self._begin(device, endpoint)
        if written.rules is _AT_ONCE:
            self._mqtt.publish(written.topic, payload, retain=True)
            return
        now = self._clock.monotonic()
        if self._writer.coalescing.offer(written, payload, payload, now):
            self._write(written, payload)
        if self._writer.timer is None:
            self._writer.wait(now)

    def _write(self, written: Written[bytes], payload: bytes) -> None:
        self._mqtt.publish(written.topic, payload, retain=written.rules.retain)

    def _begin(self, device: Eui64, endpoint: int) -> Written[bytes]:
        host = self._host
        topic, options = self._topic_of(host.topics, device, endpoint), host.options(device)
        found = (
            host.expiry(device, endpoint, self._cluster_id, one) for one in self._attribute_ids
        )
        self._mqtt.expire(topic, min((after for after in found if after is not None), default=None))
        if not options.retain:
            self._mqtt.publish(topic, b"", retain=True, only_if_changed=True)
        rules = writing_rules(options.throttle or 0.0, retain=options.retain)
        written = Written[bytes](topic, rules)
        self._written.setdefault(device, {})[endpoint] = written
        return written

    def _begin_anew(self, device: Eui64) -> None:
        """Look again how to write the topics of a device, with what comes next."""
        self._writer.flush(self._written.pop(device, {}).values())

    def _on_identities(self, signal: IdentitiesChanged) -> None:
        for device in signal.devices:
            self._forget(device)

    def _forget(self, device: Eui64) -> None:
        for written in self._written.pop(device, {}).values():
            written.waiting = None
