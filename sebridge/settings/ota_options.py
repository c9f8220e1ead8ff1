"""The section `ota`: firmware for devices."""

from pathlib import Path

from sebridge.settings.declaration import option, section
from sebridge.settings.kinds import FILE, whole


@section
class OtaOptions:
    """Where images of firmware are, and how much of the air they may take."""

    directory: Path | None = option(
        FILE,
        "folder with images of firmware; a device gets one only when somebody asks for that",
        default=None,
    )
    index: Path | None = option(
        FILE,
        "JSON index as of zigpy or Zigbee2MQTT, of images that are beside it; nothing is fetched",
        default=None,
    )
    block_period: int = option(
        whole(50, 60_000),
        "milliseconds between two parts of an image for one device",
        default=250,
    )
    at_once: int = option(whole(1, 16), "so many devices are updated at the same time", default=2)
