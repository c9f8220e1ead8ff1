"""The network of a radio as a document of a backup, while nobody else uses the radio, or we do."""

from collections.abc import Mapping
from typing import Any, Final

import zigpy.application
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RefusedError
from sebridge.radio.backup_document import with_addresses, write
from sebridge.radio.zigpy_words import to_zigpy

NOT_OURS_TO_KEEP: Final = "the network is another's: its coordinator is to be backed up"
_REFUSALS: Final = {
    "xbee": "an XBee does not tell its keys: no backup can be made of it",
    "simulated": "a simulated radio has no network of its own to keep",
}


def check_tells_keys(kind: str) -> None:
    """Raise RefusedError for a kind of radio of which no backup can be made."""
    if kind in _REFUSALS:
        raise RefusedError(_REFUSALS[kind])


def document_of(
    application: zigpy.application.ControllerApplication, addresses: Mapping[Eui64, int]
) -> dict[str, Any]:
    """Return the document of the network that was loaded from a radio. It holds keys.

    `addresses` are the network addresses of devices that the radio may not know.
    """
    told = {to_zigpy(device): t.NWK(nwk) for device, nwk in addresses.items()}
    return write(with_addresses(application.backups.from_network_state(), told))
