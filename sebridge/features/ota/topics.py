"""Which firmware a device runs, which it could run, and how far its update is, kept below it."""

from sebridge.base.addresses import Eui64
from sebridge.features.ota.firmware import shown_version
from sebridge.features.ota.signals import FirmwareChanged
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics


def firmware_topic(topics: Topics, device: Eui64) -> str:
    """Return where it is kept of a device."""
    return topics.at_device(device, "firmware")


class FirmwareTopics:
    """Keeps what there is to say of each device's firmware."""

    def __init__(self, host: TopicHost) -> None:
        self._host = host
        host.bus.listen(FirmwareChanged, self._on_change)

    def _on_change(self, signal: FirmwareChanged) -> None:
        status = signal.status
        body = {
            "installed_version": _shown(status.installed),
            "latest_version": _shown(status.latest),
            "state": status.state,
            "percent": status.percent,
            "reason": status.reason or None,
            "notes": status.notes or None,
        }
        topic = firmware_topic(self._host.topics, signal.device)
        self._host.mqtt.publish(topic, dump(body), retain=True, only_if_changed=True)


def _shown(version: int | None) -> str | None:
    return None if version is None else shown_version(version)
