"""News inside an XBee alone."""

import msgspec


class NetworkLost(msgspec.Struct, frozen=True):
    """The network of another, on which it was, is gone, or put it out."""
