"""News inside an XBee alone."""

import msgspec


class Associated(msgspec.Struct, frozen=True):
    """The network of another was joined, with all that belongs to that."""


class IdentificationWanted(msgspec.Struct, frozen=True):
    """The module is to tell all others who it is."""


class NetworkKeyUpdated(msgspec.Struct, frozen=True):
    """The network has another key."""


class NetworkLost(msgspec.Struct, frozen=True):
    """The network of another, on which it was, is gone, or put it out."""
