"""Register Joining Device: with which key a device may join.

Source: Digi, XBee 3 Zigbee RF Module User Guide, Register Joining Device - 0x24 and Registration
Status - 0xA4; XBee/XBee-PRO SE RF Modules, the same.
"""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import SebridgeError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.simulator.modules.xbee.firmware import Firmware
from sebridge.simulator.modules.xbee.keys import Keys, RegistrationStatus

_LINK_KEY: Final = 0x00
_INSTALLATION_CODE: Final = 0x01  # with its check


def registered(keys: Keys, firmware: Firmware, device: Eui64, kind: int, key: bytes) -> int:
    """Register a key or a code, or with none de-register the device; return the status.

    Smart Energy firmware knows no codes, and has another number for a key that is not there.
    """
    if not firmware.establishes_keys and kind == _INSTALLATION_CODE and key:
        try:
            key = install_code.link_key(Secret(key)).reveal()
        except SebridgeError:
            return RegistrationStatus.CODE_INVALID
    elif kind != _LINK_KEY:
        return RegistrationStatus.KEY_INVALID
    status = keys.register(device, key)
    if firmware.establishes_keys and status is RegistrationStatus.NOT_FOUND:
        return RegistrationStatus.SE_NOT_FOUND
    return status
