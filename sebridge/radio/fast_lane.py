"""The fast lane: common frames from the octets of a radio, past the objects of its library.

A library makes a tree of objects for each message that comes in, which costs more than all that the
bridge does with a report. Where it has the octets, a class of ours takes the place of its protocol:
that reads the common frame by itself, and gives everything else to the library, its own base class.
"""

from collections.abc import Callable, Sequence
import logging
from typing import Any, NamedTuple

from sebridge.radio.heard import Heard

_LOGGER = logging.getLogger(__name__)

Take = Callable[[Heard], bool]
"""Takes a frame; False when it has to go the library's way."""


class Place(NamedTuple):
    """Where the lane leaves a library: its protocol, as it was found, and what takes its place."""

    protocol: Any
    uses: tuple[str, ...]  # what the library does not promise to have
    ours: type[Any]  # derived from the class that the protocol must have

    @property
    def is_known(self) -> bool:
        """Whether the library looks as it did when this was written."""
        return type(self.protocol) is self.ours.__base__ and all(
            hasattr(self.protocol, name) for name in self.uses
        )

    def occupy(self) -> None:
        """Let what comes in from now on be read by us first."""
        self.protocol.__class__ = self.ours


def part_of(library: Any, *path: str) -> Any:
    """Return what lies behind these attributes; None where there is no such thing."""
    for name in path:
        library = getattr(library, name, None)
    return library


def open_lane(places: Sequence[Place]) -> None:
    """Hear common frames past the library from now on, if it is one that we know."""
    if all(place.is_known for place in places):
        for place in places:
            place.occupy()
    else:
        _LOGGER.warning("the radio's library is not one that we know: frames go the long way")
