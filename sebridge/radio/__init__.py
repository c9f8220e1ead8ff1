"""The only package that touches a ZigBee radio."""

from sebridge.radio.lazy_imports import import_lazily

import_lazily()  # here, because every way to zigpy's application leads through this package
