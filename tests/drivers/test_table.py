"""The capabilities: each is what its cluster declares, and what Home Assistant takes."""

import pytest

from sebridge.drivers.capability import Capability
from sebridge.drivers.table import CAPABILITIES
from sebridge.homeassistant.device_classes import SENSOR_CLASSES
from sebridge.zcl.known_clusters import known_attributes

EVERY = pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES)


@EVERY
def test_a_capability_has_the_type_that_its_cluster_declares(capability: Capability) -> None:
    declared = known_attributes(capability.cluster_id)[capability.attribute_id]

    assert capability.data_type == declared.data_type.type_id
    assert capability.wanted.attribute_type == capability.data_type
    assert capability.wanted.min_interval < capability.wanted.max_interval


@EVERY
def test_a_sensor_has_a_unit_that_goes_with_its_class(capability: Capability) -> None:
    entity = capability.entity

    is_of_class = entity is not None and entity.device_class in SENSOR_CLASSES
    if is_of_class and entity is not None and entity.platform == "sensor":
        assert entity.unit in SENSOR_CLASSES[str(entity.device_class)].units
        assert entity.state_class in SENSOR_CLASSES[str(entity.device_class)].state_classes


@EVERY
def test_what_takes_a_command_has_parameters_for_it(capability: Capability) -> None:
    entity = capability.entity

    assert bool(capability.parameters) == (entity is not None and entity.command is not None)
