"""The server side: its clusters, its desks, and what runs for it."""

from typing import Any

from sebridge.app.energy_services import EnergyServices
from sebridge.clusters.time_server import TimeServer
from sebridge.smartenergy.identifiers import ENERGY_SERVICE_INTERFACE


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

    assert asked == ["prices", "load_control", "messages"]
