"""A home energy manager is told what load control leaves of the power, and answers."""

from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.features.load_control.topics import limit_topic
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.transports.mqtt.topics import Topics
from tests.api.home import Collections, Home
from tests.doubles import RecordingBroker

TOPIC = limit_topic(Topics("sebridge", "home"))
LIMIT = ConsumptionLimitOptions(nominal=11_000)
HALF = {"duty_cycle": 50, "duration_in_minutes": 60, "issuer_event_id": 7, "event_control": 0}


class Limited(Home):
    """An energy service interface without devices, whose limit is on a topic."""

    def __init__(
        self,
        clock: VirtualClock,
        limit: ConsumptionLimitOptions | None = LIMIT,
        kept: Collections | None = None,
        broker: RecordingBroker | None = None,
    ) -> None:
        self.broker = broker or RecordingBroker()
        super().__init__(clock, (), kept, broker=self.broker, consumption_limit=limit)

    @property
    def told(self) -> dict[str, Any]:
        """What stands on the topic."""
        return dict(self.broker.kept(TOPIC))

    async def limit(self, **fields: Any) -> None:
        answer = await self.call("create_DRLC_event", record=HALF | fields)
        assert answer["status"] == 0
        await self.clock.advance(seconds=2)


async def test_a_limit_is_told_counted_down_acknowledged_and_over(clock: VirtualClock) -> None:
    home = Limited(clock)
    await home.start()
    before = home.told
    await home.limit()
    begun = home.told

    taken = await home.call("acknowledge_consumption_limit", by="evcc")
    await clock.advance(minutes=10)
    later = home.told
    asked = await home.call("get_consumption_limit")
    await clock.advance(minutes=60)

    assert (before["watts"], before["remaining"]) == (None, 0)
    assert (begun["watts"], begun["reason"]) == (5_500, "a duty cycle of 50 %")
    assert begun["acknowledged_by"] is None
    assert taken["acknowledged_by"] == later["acknowledged_by"] == "evcc"
    assert 540 <= begun["remaining"] - later["remaining"] <= 660
    assert asked["until"] == begun["until"]
    assert home.told == before
    await home.stop()


async def test_the_home_opts_out_and_back_in(clock: VirtualClock) -> None:
    kept = Collections()
    home = Limited(clock, kept=kept)
    await home.start()
    await home.limit()

    await home.call("opt_out_of_consumption_limit")
    out = home.told
    await home.stop()
    again = Limited(clock, kept=kept)
    await again.start()
    still = again.told
    await again.call("opt_into_consumption_limit")

    assert (out["watts"], out["participates"]) == (None, False)
    assert still["watts"] is None
    assert (again.told["watts"], again.told["participates"]) == (5_500, True)
    await again.call("opt_out_of_consumption_limit")
    await clock.advance(hours=2)
    assert not again.collections.kept["consumption_limit_out"]
    await again.stop()


async def test_what_cannot_be_is_refused_with_words(clock: VirtualClock) -> None:
    home = Limited(clock)
    await home.start()

    nothing = await home.refused("acknowledge_consumption_limit", by="evcc")
    nowhere = await home.refused("opt_out_of_consumption_limit")
    await home.limit(criticality_level=7)
    mandatory = await home.refused("opt_out_of_consumption_limit")

    assert "no consumption limit is in force" in nothing.message
    assert "no event limits consumption" in nowhere.message
    assert "criticality level 7 is mandatory" in mandatory.message
    assert home.told["mandatory"] is True
    await home.stop()


@pytest.mark.parametrize("method", ["get_consumption_limit", "opt_out_of_consumption_limit"])
async def test_without_a_configuration_nothing_is_told(clock: VirtualClock, method: str) -> None:
    broker = RecordingBroker()
    broker.retained[TOPIC] = b'{"watts":4200}'
    home = Limited(clock, None, broker=broker)
    await home.start()
    await home.limit()

    refused = await home.refused(method)

    assert "consumption_limit is not configured" in refused.message
    assert not broker.retained.get(TOPIC)
    await home.stop()
