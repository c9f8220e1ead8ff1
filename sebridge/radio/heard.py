"""A frame as the radio hears it, before anybody has looked up whose network address that is."""

import msgspec


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A frame for this radio, its sender known by network address only.

    In plain fields: nothing here is of the library that drives the radio.
    """

    nwk: int  # the sender's 16-bit network address
    profile_id: int
    cluster_id: int
    source_endpoint: int
    destination_endpoint: int
    data: bytes  # the ZCL frame with its header, or the ZDO frame with its sequence number
    encrypted: bool = False  # APS encryption with a link key
    broadcast: bool = False  # broadcast or groupcast
    lqi: int | None = None  # 0..255
    rssi: int | None = None  # dBm
    group: int | None = None  # that it was sent to
