"""What was added to the gateway by request, as it is kept and as the saved files have it."""

from dataclasses import dataclass
import keyword
import re
from typing import Final

from sebridge.model.data_types import Uint4, Uint8, Uint16

LONGEST_NAME: Final = 64
"""Characters of the name of a module or class."""
HIGHEST_ENDPOINT: Final = 240
"""Identifiers 241 to 255 are reserved, 0 is the device itself."""
SERVER, CLIENT = 0, 1

_NAME: Final = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedEndpoint:
    """An endpoint that was added; what is None has the default of the class.

    As in a line of a file, nothing stands behind what is None.
    """

    endpoint_class: str
    endpoint_id: Uint8
    profile_id: Uint16 | None = None
    device_id: Uint16 | None = None
    device_version: Uint4 | None = None

    @property
    def stored_under(self) -> int:
        """The key under which it is kept."""
        return self.endpoint_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCluster:
    """A cluster that was added to an endpoint; what is None has the default of the class."""

    cluster_class: str
    endpoint_id: Uint8
    server_or_client: Uint8 | None = None  # 0 or 1
    cluster_id: Uint16 | None = None
    enable_APS_encryption: bool | None = None  # noqa: N815  # as the RPC reference spells it


def is_plain_name(text: str) -> bool:
    """Say whether a module or class can have this name: an identifier, and no word of Python."""
    return _NAME.fullmatch(text) is not None and not keyword.iskeyword(text)
