"""What measures voltage, current and power factor shows what it has told."""

from sebridge.base.signals import SignalBus
from sebridge.features.electrical.entities import ElectricalEntities
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.homeassistant.entity import EntitiesChanged, Entity
from sebridge.network.signals import DeviceRemoved
from tests.homeassistant.house import MEASURING_PLUG, Kept, device_of, entity_host

PLUG = MEASURING_PLUG.eui64


def components(entities: ElectricalEntities) -> dict[str, Entity]:
    return {entity.key: entity for entity in entities.of_device(device_of(MEASURING_PLUG))}


def measured(**values: float | None) -> ElectricityMeasured:
    return ElectricityMeasured(PLUG, 1, values, 0.0)


def test_a_component_appears_with_its_first_valid_value_and_stays(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = ElectricalEntities(entity_host(bus, kept, expiry=lambda *of: of[-1]))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)

    for news in (
        measured(voltage=230.0, current=None),
        measured(voltage=None),
        measured(voltage=231.0, power_factor=0.9),
    ):
        bus.send(news)

    again = ElectricalEntities(entity_host(SignalBus(), kept))
    assert components(entities).keys() == {"voltage", "power_factor"} == components(again).keys()
    assert changes == [EntitiesChanged(PLUG)] * 2
    voltage = components(entities)["voltage"]
    assert (voltage.device_class, voltage.unit, voltage.name) == ("voltage", "V", "Voltage")
    assert voltage.expires_after == 0x0505


def test_phases_have_numbers_where_there_are_several(bus: SignalBus) -> None:
    entities = ElectricalEntities(entity_host(bus, {}))
    bus.send(measured(voltage=230.0, voltage_b=231.0, voltage_c=229.0, current=1.0))

    names = {key: entity.name for key, entity in components(entities).items()}

    assert names == {
        "voltage": "Voltage L1",
        "voltage_b": "Voltage L2",
        "voltage_c": "Voltage L3",
        "current": "Current",
    }


def test_what_was_shown_is_forgotten_with_the_device(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = ElectricalEntities(entity_host(bus, kept))
    bus.send(measured(voltage=230.0))

    bus.send(DeviceRemoved(PLUG))

    assert not kept["electrical_shapes"]
    assert not components(entities)
