"""Ask meters: their load profile (MET-9, MET-10), and the fast poll mode (MET-8)."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, UnscaledError
from sebridge.features.metering.fast_poll import LONGEST_IN_MINUTES
from sebridge.features.metering.load_profile import (
    MOST_PERIODS,
    Interval,
    read_profile,
)
from sebridge.features.metering.records import (
    METERING_CLUSTER,
    GetProfileRecord,
    GetProfileResponseRecord,
    RequestFastPollModeRecord,
    RequestFastPollModeResponseRecord,
)
from sebridge.features.metering.scale import Scale
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.questions import Questions
from sebridge.network.peer import Peer

_OCTET: Final = 0xFF
_LATEST: Final = 0xFFFFFFFE


class Scales(Protocol):
    """Who knows how the meters' raw values are scaled."""

    def scale(self, device: Eui64, endpoint: int) -> Scale | None:
        """Return a meter's scale; None while its configuration is not known."""


class LoadProfile(msgspec.Struct, frozen=True):
    """What a meter told of its load, newest interval first, in its unit.

    `status` is that of Get Profile Response: 0, or why there are no intervals.
    """

    status: int
    unit: str
    intervals: Sequence[Interval]


class FastPollMode(msgspec.Struct, frozen=True):
    """What a meter made of a request: seconds between values, and until when (since 2000 UTC)."""

    period: int
    end: int


class MeterQueries:
    """Puts questions to meters.

    Raises ParameterError for what cannot be asked, DeliveryError for a meter that did not take
    the question, DeviceRefusedError for one that refused it (with its ZCL status),
    AnswerTimeoutError, MalformedAnswerError, or UnscaledError.
    """

    def __init__(self, exchange: Exchange, scales: Scales) -> None:
        self._questions = Questions(exchange, METERING_CLUSTER)
        self._scales = scales

    async def read_profile(
        self, peer: Peer, channel: int = 0, end_time: int = 0, periods: int = MOST_PERIODS
    ) -> LoadProfile:
        """Return a meter's newest intervals that end by `end_time` (seconds since 2000, 0 = now).

        `channel` is 0 for delivered, 1 for received, 2 and 3 for the reactive ones.
        """
        _check("interval_channel", channel, 0, _OCTET)
        _check("end_time", end_time, 0, _LATEST)
        _check("number_of_periods", periods, 1, _OCTET)
        scale = self._scales.scale(peer.device, peer.endpoint)
        if scale is None:
            raise UnscaledError
        question = GetProfileRecord(
            interval_channel=channel, end_time=end_time, number_of_periods=periods
        )
        answer = await self._questions.ask(Sending(peer, question), GetProfileResponseRecord)
        return LoadProfile(answer.status, scale.unit.energy, read_profile(answer, scale))

    async def fast_poll(self, peer: Peer, period: int, minutes: int) -> FastPollMode:
        """Ask for a demand every `period` seconds (0..255) for so many minutes (1..15)."""
        _check("fast_poll_update_period", period, 0, _OCTET)
        _check("duration_in_minutes", minutes, 1, LONGEST_IN_MINUTES)
        question = RequestFastPollModeRecord(fast_poll_update_period=period, duration=minutes)
        answer = await self._questions.ask(
            Sending(peer, question), RequestFastPollModeResponseRecord
        )
        return FastPollMode(answer.applied_update_period, answer.fast_poll_mode_end_time)


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ParameterError(name, f"must be {least}..{most}")
