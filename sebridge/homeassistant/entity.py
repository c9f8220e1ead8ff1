"""The vocabulary: what a component of Home Assistant is, and who says which there are.

A template sees the JSON of its topic as `value_json`; what is null there becomes `None`, which
Home Assistant shows as unknown. Source: Home Assistant, MQTT integration and its platforms.
"""

from collections.abc import Callable, Iterable, Mapping
import enum
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.expiry import Expiry
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.settings.default_price import DefaultPrice
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.cluster import Clusters

TOTAL: Final = "total_increasing"
MEASUREMENT: Final = "measurement"
TIMESTAMP: Final = "timestamp"
DIAGNOSTIC: Final = "diagnostic"
CONFIG: Final = "config"


class Presence(enum.Enum):
    """When a component is available."""

    DEVICE = "while the gateway and its device are there"
    GATEWAY = "while the gateway is there"
    ALWAYS = "always, as it tells just that"


class Group(enum.IntEnum):
    """Where a component stands in its device's payload; within a group, as the features do.

    Home Assistant minds no order, but everybody would discover anew what is written anew.
    """

    IN_FORCE = 1  # events in force
    NEWS = 2  # what happens
    ACTION = 3  # what a person can do
    VALUE = 4  # what is measured, or told


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One component. `key` is part of its unique id, so it never changes.

    `topic` and `template` give its state, `attributes` its attributes (a template on the same
    topic; empty: the whole JSON). `command` is the RPC method it calls, with `command_template`
    or `payload_press` as parameters; where it is empty, these are a JSON-RPC request. `more` are
    keys that only its platform has.

    A component of an `endpoint` has its number before the key in the unique id. `is_one_of_several`
    tells that other endpoints of its device have the like: people then see the number, too. One
    that shows a `capability` is not there where the driver of the device does not name that.
    """

    key: str
    platform: str
    name: str
    group: Group = Group.VALUE
    topic: str | None = None
    template: str | None = None
    attributes: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    precision: int | None = None  # decimals shown
    expires_after: int | None = None  # seconds without a message on the topic
    icon: str | None = None
    category: str | None = None
    options: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    command: str | None = None
    command_template: str | None = None
    presence: Presence = Presence.DEVICE
    enabled: bool = True
    endpoint: int | None = None
    is_one_of_several: bool = False
    capability: str | None = None
    more: Mapping[str, Any] = msgspec.field(default_factory=dict)


LISTED_EVENTS: Final = "{{ {'events': value_json.record_list} | to_json }}"
"""Attributes of what shows the events in force: the events."""

_CHANGED: Final = (
    "{{ {'event_type': 'in_force' if value_json.record_list else 'ended',"
    " 'events': value_json.record_list} | to_json }}"
)


def change_of_events(*, key: str, name: str, topic: str, icon: str) -> Entity:
    """Return what happens when the events in force change, as they are streamed on a topic."""
    return Entity(
        key=key,
        platform="event",
        name=name,
        group=Group.NEWS,
        topic=topic,
        template=_CHANGED,
        event_types=("in_force", "ended"),
        icon=icon,
    )


ACTION_IDENTIFIER: Final = "home_assistant"
"""The `request_identifier` of the requests that components send."""


class EntitiesChanged(msgspec.Struct, frozen=True):
    """A device, or the gateway where it is None, has other components than before."""

    device: Eui64 | None


class EntityHost(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature needs to say which components there are.

    What it learns by signals on `bus` it keeps in collections, so that no component vanishes over
    a restart; and it tells by EntitiesChanged. `network_clock` is the time of the ZigBee network.
    `serves` says whether the gateway is an energy service interface; else it is a display.
    `shows` says whether a list of events is the gateway's own, and not that of a further endpoint
    or side. `default_prices` are those of the configuration, by their commodity.
    `expiry` says after how many seconds an attribute of a device counts for nothing. `clusters` are
    all of which the gateway knows the commands.
    """

    bus: SignalBus
    topics: Topics
    open_collection: OpenCollection
    network_clock: Clock
    serves: bool
    shows: Callable[[Any], bool]
    default_prices: Mapping[str, DefaultPrice]
    expiry: Expiry
    clusters: Clusters


class HasEntities(Protocol):
    """Says which components the gateway and a device have."""

    def of_gateway(self) -> Iterable[Entity]:
        """Return what the gateway has."""

    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        """Return what a device has."""

    def others(self) -> Iterable[DiscoveredDevice]:
        """Return the devices that are there because of it, and not by the ZigBee network."""


class Entities:
    """Says which components the gateway and a device have because of one feature: by itself none.

    No two features give a device components of the same key.
    """

    def __init__(self, host: EntityHost) -> None:
        self._topics = host.topics
        self._serves = host.serves

    def of_gateway(self) -> Iterable[Entity]:
        """Return what the gateway has."""
        return ()

    def others(self) -> Iterable[DiscoveredDevice]:
        """Return the devices that are there by this feature, and not by the ZigBee network."""
        return ()

    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        """Return what a device has."""
        del device
        return ()
