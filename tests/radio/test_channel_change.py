"""How a network is told to go to another channel."""

import pytest

from sebridge.radio.channel_change import announced, announcement

UPDATE = 0x0038


def test_an_announcement_is_as_the_standard_says() -> None:
    assert announcement(7, 20, 3).hex() == "0700001000fe03"


@pytest.mark.parametrize("channel", [11, 20, 26])
def test_what_is_announced_is_heard(channel: int) -> None:
    assert announced(UPDATE, 0, announcement(0, channel, 1)) == channel


@pytest.mark.parametrize(
    ("cluster_id", "source_nwk", "frame"),
    [
        (0x0036, 0, "0000001000fe01"),
        (UPDATE, 0x1234, "0000001000fe01"),  # who is not the manager of the network
        (UPDATE, 0, "00000010000501"),  # a scan
        (UPDATE, 0, "0000001000ff01"),  # another manager
        (UPDATE, 0, "0000001800fe01"),  # two channels
        (UPDATE, 0, "0000040000fe01"),  # channel 10
        (UPDATE, 0, "0000000000fe01"),
        (UPDATE, 0, "00000010"),
        (UPDATE, 0, ""),
    ],
)
def test_anything_else_calls_nobody(cluster_id: int, source_nwk: int, frame: str) -> None:
    assert announced(cluster_id, source_nwk, bytes.fromhex(frame)) is None
