"""Who the emulated modules are."""

from typing import Final

from sebridge.base.addresses import Eui64

CHIP: Final = Eui64.parse("0e:5e:b1:00:00:00:00:02")
"""The address that they were made with: locally administered, so nobody's."""
