"""The server side: its clusters, its desks, and what it keeps."""

from pathlib import Path
from typing import Any

from sebridge.app.energy_services import EnergyServices
from sebridge.base.clock import SystemClock
from sebridge.features.messaging.records import DisplayProtectedMessageRecord, GetLastMessageRecord
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.time.server import TimeServer
from sebridge.storage.database import Database
from sebridge.zcl.identifiers import ENERGY_SERVICE_INTERFACE
from tests.gateway.radio_side import NOW, command


def made() -> EnergyServices:
    return EnergyServices(lambda _name, _key, _value: {}, TimeServer(lambda: 0))


def test_it_serves_time_prices_load_control_and_messages() -> None:
    side = made()

    assert side.device_id == ENERGY_SERVICE_INTERFACE
    assert {c.cluster_id for c in side.clusters if c.server} == {0x000A, 0x0700, 0x0701, 0x0703}


def test_each_kind_of_event_is_kept_in_a_collection_of_its_own() -> None:
    asked: list[str] = []

    def keep(name: str, _key: object, _value: object) -> dict[Any, Any]:
        asked.append(name)
        return {}

    EnergyServices(keep, TimeServer(lambda: 0))

    assert len(asked) == len(set(asked))
    assert {"prices", "load_control", "messages", "block_periods"} <= set(asked)


async def test_what_was_published_is_on_the_disk_and_read_again_as_it_was(tmp_path: Path) -> None:
    values = (
        PublishBlockPeriodRecord(
            issuer_event_id=1, block_period_duration=60, block_period_start_time=NOW
        ),
        PublishBlockPeriodSe11Record(
            provider_id=1,
            issuer_event_id=2,
            block_period_start_time=NOW + 60,
            number_of_price_tiers_and_number_of_block_thresholds=0x21,
        ),
        PublishConversionFactorRecord(issuer_event_id=1, start_time=NOW, conversion_factor=1020),
        PublishCalorificValueRecord(issuer_event_id=1, start_time=NOW, calorific_value=395),
    )
    protected = DisplayProtectedMessageRecord(
        message_id=1, start_time=NOW, duration_in_minutes=60, message="secret"
    )
    database = Database(tmp_path / "sebridge.db", SystemClock())
    await database.open()
    before = EnergyServices(database.collection, TimeServer(lambda: NOW))
    for value in values:
        before.prices.take_value(value, NOW)
    before.messages.add(protected, NOW)
    await database.close()

    again = Database(tmp_path / "sebridge.db", SystemClock())
    await again.open()
    after = EnergyServices(again.collection, TimeServer(lambda: NOW))

    kept = [after.prices.values.get(key, NOW) for key in after.prices.values.keys(NOW)]
    answer = after.messages.receive(command(GetLastMessageRecord()))
    assert kept == list(values)
    assert [type(value) for value in kept] == [type(value) for value in values]
    assert answer.answers == (protected,)
    assert again.unreadable == 0
    await again.close()
