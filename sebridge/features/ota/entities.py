"""An update in Home Assistant for each device that has told which firmware it runs."""

from collections.abc import Iterable
import json
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.ota.signals import FirmwareChanged
from sebridge.features.ota.topics import firmware_topic
from sebridge.features.ota.updates import UpdateState
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    CONFIG,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)
from sebridge.network.signals import DeviceRemoved
from sebridge.transports.mqtt.topics import eui64_topic

_UNDER_WAY: Final = (
    UpdateState.WAITING,
    UpdateState.OFFERED,
    UpdateState.DOWNLOADING,
    UpdateState.LOADED,
    UpdateState.INSTALLING,
)
_STATE: Final = (
    "{{ {'installed_version': value_json.installed_version,"
    " 'latest_version': value_json.latest_version,"
    f" 'in_progress': value_json.state in {[str(state) for state in _UNDER_WAY]!r},"
    " 'update_percentage': value_json.percent if value_json.state == 'downloading' else none,"
    " 'release_summary': value_json.notes or ''} | to_json }}"
)


class FirmwareEntities(Entities):
    """The update of each device that has told its firmware, kept in `firmware_shown`."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._shown = host.open_collection("firmware_shown", Eui64, bool)
        host.bus.listen(FirmwareChanged, self._on_change)
        host.bus.listen(DeviceRemoved, lambda signal: self._shown.pop(signal.device, None))

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        if device.eui64 not in self._shown:
            return
        request = {
            "destination_address": eui64_topic(device.eui64),
            "request_identifier": ACTION_IDENTIFIER,
        }
        yield Entity(
            key="firmware",
            platform="update",
            name="Firmware",
            topic=firmware_topic(self._topics, device.eui64),
            template=_STATE,
            device_class="firmware",
            category=CONFIG,
            command="update_firmware",
            more={"pl_inst": json.dumps(request, separators=(",", ":"))},
        )

    def _on_change(self, signal: FirmwareChanged) -> None:
        if signal.status.installed is not None and signal.device not in self._shown:
            self._shown[signal.device] = True
            self._bus.send(EntitiesChanged(signal.device))
