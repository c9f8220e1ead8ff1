"""What the inputs of a module are at, and how warm it is at a sensor on one of them. Pure.

Source: Digi, XBee 3 Zigbee RF Module User Guide, I/O Sample Indicator - 0x92.
"""

from collections.abc import Mapping
import struct
from typing import Final

from sebridge.base.errors import DecodeError

_SETS: Final = 1  # of samples in a frame: there is no other number
_HEAD: Final = struct.Struct(">BHB")
"""Sets of samples, digital inputs that are sampled, and analogue ones."""
_DIGITAL: Final = 2  # octets of the digital samples, which are there where one is sampled
_ANALOGUE: Final = 2  # octets of an analogue sample
_INPUTS: Final = range(4)  # analogue ones; bit 7 is the supply
_HIGHEST: Final = 0x3FF
_FULL_SCALE: Final = 1200  # mV
_AT_ZERO: Final = 500  # mV at 0 degrees C
_FOR_EACH: Final = 10  # mV for each degree


def read_analogue(octets: bytes) -> Mapping[int, int]:
    """Return the samples (0..0x3FF) of the analogue inputs (0..3) that a frame tells.

    DecodeError where it is none.
    """
    if len(octets) < _HEAD.size:
        raise DecodeError("a sample is shorter than its head")
    sets, digital, analogue = _HEAD.unpack_from(octets)
    if sets != _SETS:
        raise DecodeError(f"{sets} sets of samples")
    at = _HEAD.size + (_DIGITAL if digital else 0)
    found = {}
    for number in _INPUTS:
        if analogue >> number & 1:
            sample = octets[at : at + _ANALOGUE]
            if len(sample) < _ANALOGUE:
                raise DecodeError("a sample is shorter than its head says")
            found[number] = int.from_bytes(sample, "big") & _HIGHEST
            at += _ANALOGUE
    return found


def celsius(sample: int) -> float:
    """Return how warm it is at a sensor with 500 mV at 0 degrees C, and 10 mV for each degree."""
    millivolts = sample * _FULL_SCALE / _HIGHEST
    return round((millivolts - _AT_ZERO) / _FOR_EACH, 1)


def sample_of(degrees: float) -> int:
    """Return the sample of such a sensor; the input ends at 0 and at 1200 mV."""
    millivolts = degrees * _FOR_EACH + _AT_ZERO
    return min(max(round(millivolts * _HIGHEST / _FULL_SCALE), 0), _HIGHEST)


def write_analogue(samples: Mapping[int, int]) -> bytes:
    """Return the frame that tells these samples of analogue inputs, and no digital one."""
    mask = sum(1 << number for number in samples)
    told = b"".join(samples[number].to_bytes(_ANALOGUE, "big") for number in sorted(samples))
    return _HEAD.pack(_SETS, 0, mask) + told
