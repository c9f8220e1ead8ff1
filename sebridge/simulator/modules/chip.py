"""Who the emulated modules are."""

from typing import Final

from sebridge.base.addresses import Eui64

CHIP: Final = Eui64.parse("0e:5e:b1:00:00:00:00:02")
"""The address that the first was made with: locally administered, so nobody's."""


def chip(number: int) -> Eui64:
    """Return the address of one of several modules, which are numbered from 0."""
    return Eui64(CHIP + number)
