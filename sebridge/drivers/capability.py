"""A capability: one thing that a device can do or tell, from its attribute to what people see."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sebridge.gateway.reporting.shown_values import ShownAttribute
from sebridge.homeassistant.entity import Entity
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord


class Reporting(msgspec.Struct, frozen=True):
    """When a device is to report: after `shortest` to `longest` seconds, at once by a change.

    `change` is in the units of the attribute, and of no meaning where it is not a number.
    """

    shortest: int
    longest: int
    change: Any = 0


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an endpoint can do, by the `name` that drivers have for it.

    It is an attribute of the server side of a cluster, and of this data type. `shown` says how a
    value of it is shown on the topic whose last level is `topic`, which all capabilities of a
    cluster have in common. `entity` is what Home Assistant has of it, without a place; None where
    what is shown is part of something else. `classes` are Home Assistant's device classes of it by
    the class of the device, where these tell more, and `part_of` the classes in which it is part of
    something else. `parameters` are what its command hands over besides the place, as a piece of a
    template's mapping. A server that is not `sure` to have it must have told it once.
    """

    name: str
    cluster_id: int
    attribute_id: int
    data_type: int
    reporting: Reporting
    topic: str
    shown: ShownAttribute
    entity: Entity | None = None
    classes: Mapping[str, str] = msgspec.field(default_factory=dict)
    part_of: frozenset[str] = frozenset()
    parameters: str = ""
    sure: bool = True

    @property
    def wanted(self) -> AttributeReportingConfigurationRecord:
        """What its server is to report."""
        return AttributeReportingConfigurationRecord(
            self.attribute_id,
            attribute_type=self.data_type,
            min_interval=self.reporting.shortest,
            max_interval=self.reporting.longest,
            reportable_change=self.reporting.change,
        )
