"""The lines of a module, of which nothing is connected, and what IS reads of them. Pure.

Source: Digi, XBee 3 Zigbee RF Module User Guide, I/O support, on-demand sampling.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.simulator.modules.xbee.registers import Registers

_DIGITAL: Final[Mapping[str, int]] = {
    **{f"D{number}": number for number in range(10)},
    **{f"P{number}": 10 + number for number in range(5)},
}
"""The register of each line, and its bit among the digital ones."""
_ANALOG: Final[Mapping[str, int]] = {f"D{number}": number for number in range(4)}
_MEASURED, _INPUT, _LOW, _HIGH = 2, 3, 4, 5
"""What a line is, where it is one that is read."""
_SAMPLES: Final = 1

Sample = tuple[bytes, ...]


def sampled(registers: Registers) -> Sample:
    """Return the fields of a sample; none where no line is one that is read.

    An input is high, as it is pulled up and nothing is connected to it; nor is there a voltage.
    """
    digital = {bit: registers[name] for name, bit in _DIGITAL.items()}
    read = {bit: mode for bit, mode in digital.items() if mode in {_INPUT, _LOW, _HIGH}}
    measured = [bit for name, bit in _ANALOG.items() if registers[name] == _MEASURED]
    if not read and not measured:
        return ()
    states = sum(1 << bit for bit, mode in read.items() if mode != _LOW)
    return (
        bytes((_SAMPLES,)),
        sum(1 << bit for bit in read).to_bytes(2, "big"),
        bytes((sum(1 << bit for bit in measured),)),
        *([states.to_bytes(2, "big")] if read else []),
        *(bytes(2) for _ in measured),
    )
