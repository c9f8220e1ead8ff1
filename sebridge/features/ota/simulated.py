"""A simulated device may have firmware that can be updated, of each kind."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.ota.client import OtaClient
from sebridge.features.ota.firmware import DeviceFirmware
from sebridge.simulator.vocabulary import NOTHING, SimulatedHost, SimulatedPart

_HIGHEST_VERSION = 0xFFFFFFFE
_HIGHEST_NUMBER = 0xFFFF


class FirmwareOptions(msgspec.Struct, frozen=True):
    """Which firmware a device comes with; without a file version none that can be updated.

    One that is `firmware_silent` tells what it runs only when it asks for an image.
    """

    firmware: int | None = None
    firmware_manufacturer: int = 0x1234
    firmware_type: int = 1
    firmware_hardware: int | None = None
    firmware_silent: bool = False

    def __post_init__(self) -> None:
        """Raise ParameterError for numbers that no firmware has."""
        if self.firmware is not None and not 0 <= self.firmware <= _HIGHEST_VERSION:
            raise ParameterError("firmware", f"must be 0..0x{_HIGHEST_VERSION:X}, or null")
        for name in ("firmware_manufacturer", "firmware_type", "firmware_hardware"):
            number = getattr(self, name)
            if number is not None and not 0 <= number <= _HIGHEST_NUMBER:
                raise ParameterError(name, f"must be 0..{_HIGHEST_NUMBER}")


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give the device the firmware of its options, or what it was updated to."""
    options = host.options.read(FirmwareOptions)
    if options.firmware is None:
        return NOTHING
    kept = host.house.collection("simulated_firmware", Eui64, int)

    def run(file_version: int) -> None:
        kept[host.address] = file_version
        host.house.note_change()

    firmware = DeviceFirmware(
        endpoint=host.endpoint_id,
        profile_id=host.kind.profile_id,
        manufacturer_code=options.firmware_manufacturer,
        image_type=options.firmware_type,
        file_version=kept.get(host.address, options.firmware),
        hardware_version=options.firmware_hardware,
    )
    client = OtaClient(firmware, run, is_silent=options.firmware_silent)
    return SimulatedPart(
        clusters=(client,),
        views=(client,),
        shown={"firmware": lambda: client.file_version},
    )
