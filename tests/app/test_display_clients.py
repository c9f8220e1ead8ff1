"""The client side: its clusters, what it is, and what it keeps."""

from pathlib import Path
from random import Random
from typing import Any

from zigpy.zcl.foundation import CommandSchema

from sebridge.app.display_clients import DisplayClients
from sebridge.base.clock import SystemClock
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.gateway.cluster import Outcome
from sebridge.storage.database import Database
from sebridge.zcl.identifiers import IN_PREMISE_DISPLAY
from tests.gateway.radio_side import NOW, command, peer

EVENT = LoadControlEventRecord(issuer_event_id=5, duration_in_minutes=30, start_time=NOW + 60)


def statuses(outcome: Outcome) -> list[int]:
    """Return the statuses that an outcome reports."""
    reports: list[CommandSchema] = [*outcome.answers, *(s.record for s in outcome.sendings)]
    return [int(getattr(report, "event_status", 0)) for report in reports]


def test_it_listens_to_time_prices_load_control_and_messages() -> None:
    side = DisplayClients(Random(1), lambda _name, _key, _value: {}, lambda: True)

    assert side.device_id == IN_PREMISE_DISPLAY
    assert {c.cluster_id for c in side.clusters if not c.server} >= {0x000A, 0x0700, 0x0701, 0x0703}
    assert not any(cluster.server for cluster in side.clusters)


async def test_an_event_its_delays_choices_and_servers_are_on_the_disk_together(
    tmp_path: Path,
) -> None:
    """DRLC-15: after the power failed there is neither a second draw nor a second 0x01."""
    database = Database(tmp_path / "sebridge.db", SystemClock())
    await database.open()
    before = DisplayClients(Random(1), database.collection, lambda: True).load_control
    told = statuses(before.receive(command(EVENT, source=peer(1))))
    told += statuses(before.receive(command(EVENT, source=peer(2))))
    [drawn] = before.schedule.not_ended(NOW)
    told += statuses(before.advance(drawn.effective_start))
    before.choose(5, drawn.effective_start, out=True)
    before.attributes.set(0x0001, 7)
    await database.close()

    again = Database(tmp_path / "sebridge.db", SystemClock())
    await again.open()
    after = DisplayClients(Random(99), again.collection, lambda: True).load_control
    repeated = [
        statuses(after.receive(command(EVENT, drawn.effective_start, peer(number))))
        for number in (1, 2)
    ]
    at_start = after.advance(drawn.effective_start)
    at_end = after.advance(drawn.effective_end or 0)

    received, started = EventStatus.RECEIVED, EventStatus.STARTED
    assert told == [received, received, started, started]
    assert drawn.start_delay > 0
    assert repeated == [[], []]
    assert statuses(at_start) == []
    assert {sending.peer for sending in at_end.sendings} == {peer(1), peer(2)}
    assert statuses(at_end) == [EventStatus.PARTIALLY_COMPLETED_WITH_OPT_OUT] * 2
    assert after.attributes.read(0x0001).value == 7
    assert again.unreadable == 0
    await again.close()


def test_what_is_written_into_its_attributes_is_kept() -> None:
    kept: dict[str, dict[Any, Any]] = {}

    def keep(name: str, _key: object, _value: object) -> dict[Any, Any]:
        return kept.setdefault(name, {})

    before = DisplayClients(Random(1), keep, lambda: True)
    before.load_control.attributes.set(0x0000, 7)
    before.prices.attributes.set(0x0000, 3)
    after = DisplayClients(Random(1), keep, lambda: True)

    assert after.load_control.attributes.read(0x0000).value == 7
    assert after.prices.attributes.read(0x0000).value == 3
