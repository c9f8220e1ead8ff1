"""What Home Assistant shows of OpenADR."""

from sebridge.base.signals import SignalBus
from sebridge.features.openadr.entities import OpenAdrEntities
from sebridge.features.openadr.signals import OpenAdrTold
from sebridge.homeassistant.entity import EntitiesChanged
from tests.homeassistant.house import Kept, entity_host


def keys(entities: OpenAdrEntities) -> list[str]:
    return [entity.key for entity in entities.of_gateway()]


def test_the_connection_is_shown_where_there_is_one_also_after_a_restart(bus: SignalBus) -> None:
    kept: Kept = {}
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)
    entities = OpenAdrEntities(entity_host(bus, kept))
    before = keys(entities)

    bus.send(OpenAdrTold({"connected": False}))
    bus.send(OpenAdrTold({"connected": True}))
    shown = keys(entities)
    again = keys(OpenAdrEntities(entity_host(SignalBus(), kept)))
    bus.send(OpenAdrTold(None))

    assert (before, shown, again, keys(entities)) == ([], ["openadr"], ["openadr"], [])
    assert changes == [EntitiesChanged(None), EntitiesChanged(None)]
