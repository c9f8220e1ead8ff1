"""News inside an XBee alone."""

import msgspec


class Associated(msgspec.Struct, frozen=True):
    """The network of another was joined, with all that belongs to that."""


class NetworkKeyUpdated(msgspec.Struct, frozen=True):
    """The network has another key."""


class NetworkLost(msgspec.Struct, frozen=True):
    """The network of another, on which it was, is gone, or put it out."""
