"""Zones by name, by their rules, and of the system."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.time.local_time import ZoneRules
from sebridge.features.time.zone import ChosenZone, chosen_rules, system_zone, zone_named

SUMMER_2026 = zigbee_time(1_784_000_000)
WINTER_2026 = zigbee_time(1_767_300_000)


def test_a_zone_by_name_has_the_daylight_saving_that_runs() -> None:
    rules = ChosenZone(name="Europe/Berlin").at(SUMMER_2026)

    assert (rules.time_zone, rules.dst_shift) == (3600, 3600)
    assert rules.dst_start == zigbee_time(1_774_746_000)  # 2026-03-29 01:00 UTC
    assert rules.dst_end == zigbee_time(1_792_890_000)  # 2026-10-25 01:00 UTC


def test_in_winter_it_has_the_daylight_saving_that_comes_next() -> None:
    summer, winter = (ChosenZone(name="Europe/Berlin").at(t) for t in (SUMMER_2026, WINTER_2026))

    assert winter == summer


def test_a_zone_without_daylight_saving_has_none() -> None:
    assert ChosenZone(name="Asia/Tokyo").at(SUMMER_2026) == ZoneRules(9 * 3600)


def test_a_zone_by_its_rules_stays_as_it_is() -> None:
    rules = ZoneRules(-3600, 100, 200, 1800)

    assert chosen_rules(rules).at(SUMMER_2026) == rules


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "", "../etc/passwd", "/etc/localtime", "Europe", "a" * 99, "ÄÖ/Ü"]
)
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ParameterError) as raised:
        zone_named(name)

    assert raised.value.path == "name"


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        (ZoneRules(86_401), "time_zone"),
        (ZoneRules(-86_401), "time_zone"),
        (ZoneRules(0, 1, 2, 86_401), "dst_shift"),
        (ZoneRules(0, 3, 2, 0), "dst_end"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: ZoneRules, path: str) -> None:
    with pytest.raises(ParameterError) as raised:
        chosen_rules(rules)

    assert raised.value.path == path


def test_the_system_has_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone", lambda: ZoneInfo("America/Chicago"))

    assert system_zone() == ZoneInfo("America/Chicago")


def test_a_system_whose_zone_is_unknown_is_in_utc(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unknown() -> None:
        raise ValueError("a strange zone")

    monkeypatch.setattr("tzlocal.get_localzone", unknown)

    assert system_zone() is UTC
    assert "a strange zone" in caplog.text
