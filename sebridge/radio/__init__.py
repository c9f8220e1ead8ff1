"""The only package that touches a ZigBee radio."""

from sebridge.radio.unneeded import load_late

load_late()  # here, because every way to zigpy's application leads through this package
