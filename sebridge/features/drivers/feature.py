"""What ties the parts of drivers together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.drivers.build import build
from sebridge.features.drivers.entities import ButtonEntities
from sebridge.features.drivers.methods import DriverMethods
from sebridge.features.drivers.setting_methods import DriverSettingMethods
from sebridge.features.drivers.topics import ButtonTopics

FEATURE: Final = Feature(
    name="drivers",
    build=build,
    method_groups=(DriverMethods, DriverSettingMethods),
    topics=ButtonTopics,
    entities=ButtonEntities,
)
