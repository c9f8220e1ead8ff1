"""What IS reads of the lines."""

import pytest

from sebridge.simulator.modules.xbee.firmware import ZIGBEE
from sebridge.simulator.modules.xbee.lines import sampled
from sebridge.simulator.modules.xbee.registers import Registers
from tests.simulator.modules.xbee.bench import ERROR, OK, Bench


@pytest.mark.parametrize(
    ("lines", "sample"),
    [
        ({}, ""),
        ({"D0": 2}, "01 0000 01 0000"),
        ({"D0": 2, "D3": 2}, "01 0000 09 0000 0000"),
        ({"D4": 3}, "01 0010 00 0010"),
        ({"D4": 4, "P2": 5}, "01 1010 00 1000"),
        ({"D1": 2, "D2": 5, "P4": 3}, "01 4004 02 4004 0000"),
        ({"D4": 2}, ""),  # a line that cannot measure
    ],
)
def test_a_sample_has_the_lines_that_are_read(lines: dict[str, int], sample: str) -> None:
    registers = Registers(ZIGBEE.registers, {})
    for name, mode in lines.items():
        registers.queue(name, bytes((mode,)))
    registers.apply()

    assert b"".join(sampled(registers)) == bytes.fromhex(sample)


async def test_a_host_is_told_the_sample_or_that_there_is_none(bench: Bench) -> None:
    assert bench.at("IS") == (ERROR, b"")

    bench.set("D4", 5)

    assert bench.at("IS") == (OK, bytes.fromhex("01 0010 00 0010"))
