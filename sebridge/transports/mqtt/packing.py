"""Long payloads, packed: they are wanted again only when a broker has lost them. Pure.

What is told of one device differs by little from what is told of the next, so each is packed by
what it has in common with a sample of those before it: a tenth of what it takes alone, or less.
"""

from typing import Final
import zlib

import msgspec

LONG: Final = 512
"""Octets from which on a payload is worth the 30 µs. A reading, which comes often, has 350."""

_MOST_OF_A_SAMPLE: Final = 16_384  # octets; with a payload behind it within reach of zlib
_WELL: Final = 6  # times shorter: what is less so has news for the sample
_RAW: Final = -zlib.MAX_WBITS  # without header and checksum
_MEMORY: Final = 6  # of zlib's levels: 8, which it takes by itself, costs twice the time


class Packed(msgspec.Struct, frozen=True, gc=False):
    """A payload, packed by a sample that it shares with many others."""

    octets: bytes
    sample: bytes

    @property
    def payload(self) -> bytes:
        """The payload as it was."""
        return zlib.decompressobj(_RAW, self.sample).decompress(self.octets)


class Packing:
    """Packs payloads; its sample grows, up to 16 KiB, with each that has little of it."""

    def __init__(self) -> None:
        self._sample = b""

    def packed(self, payload: bytes) -> Packed:
        """Return a payload, packed."""
        sample = self._sample
        deflating = zlib.compressobj(wbits=_RAW, memLevel=_MEMORY, zdict=sample)
        octets = deflating.compress(payload) + deflating.flush()
        if _WELL * len(octets) > len(payload) <= _MOST_OF_A_SAMPLE - len(sample):
            self._sample = sample + payload
        return Packed(octets, sample)
