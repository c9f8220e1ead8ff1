"""What a report takes from the line to the listener, counted in calls: no noise can move that."""

import logging

import pytest

from benchmarks.reception import RADIOS, Radio, calls, octets_of, reading

FRAMES = 200
MOST = {"ZNP": 25, "EZSP 8": 48, "EZSP 13": 48, "EZSP 14": 48, "XBee": 36}
"""Calls for one report, by radio; some of them are made once for all."""


@pytest.mark.parametrize("radio", RADIOS, ids=MOST)
async def test_a_report_takes_few_calls_by_the_fast_lane(
    radio: Radio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # as the bridge has it for these libraries
    line = octets_of(radio, FRAMES)

    fast = calls(reading(radio, line, fast=True)) / FRAMES
    slow = calls(reading(radio, line, fast=False)) / FRAMES

    assert fast <= MOST[radio.name]
    assert slow >= 4 * fast
