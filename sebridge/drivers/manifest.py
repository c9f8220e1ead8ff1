"""`driver.yml`: which devices a driver is for, and what they can do. Pure.

Its keys are those of Homey's `driver.compose`, where that has them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.base.suggestion import suggestion
from sebridge.drivers.table import ABILITIES
from sebridge.model.plain import integer
from sebridge.plugins.manifest import DRIVER_MANIFEST as MANIFEST
from sebridge.settings.declaration import Problem, option, repeated, section
from sebridge.settings.kinds import (
    Kind,
    ListOf,
    SectionsBy,
    TableOf,
    number,
    text,
    whole,
    words,
)
from sebridge.settings.options import ENGLISH
from sebridge.settings.scalar import Scalar, meaning
from sebridge.settings.schema import read_file
from sebridge.zcl.cluster import AttributeDefinition
from sebridge.zcl.data_types import UNKNOWN_TYPE, DataType, is_float
from sebridge.zcl.identifiers import ALL_ENDPOINTS
from sebridge.zcl.known_clusters import known_attributes, known_name, known_numbers
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

DEVICE_CLASSES: Final = {
    "socket": "what something is plugged into",
    "light": "a lamp",
    "windowcoverings": "a blind, shutter or curtain",
    "thermostat": "what holds a temperature",
    "sensor": "what measures or notices something",
    "remote": "what has buttons, and is moved about",
    "button": "what has a single button",
    "other": "anything else",
}
"""What devices are, as Homey calls them."""

CHECKBOX: Final = "checkbox"
NUMBER: Final = "number"
DROPDOWN: Final = "dropdown"
SETTING_TYPES: Final = (CHECKBOX, NUMBER, DROPDOWN)
"""What settings are, as Homey calls them: yes or no, a number within limits, a choice."""

_HIGHEST: Final = 0xFFFF
_MOST_NAMES: Final = 256
_MOST_CHANGE: Final = 1e9
_MOST_SET: Final = 2**31
_LONGEST: Final = 0xFFFE  # seconds; one more would end reporting


def _cluster(scalar: Scalar) -> int:
    numbers = known_numbers()
    if scalar.text in numbers:
        return numbers[scalar.text]
    try:
        found = integer(scalar.value)
    except ParameterError:
        meant = suggestion(scalar.text, numbers)
        raise ParameterError(
            "", f"{scalar} is neither a number nor a known cluster{meant}"
        ) from None
    if not 0 <= found <= _HIGHEST:
        raise ParameterError("", f"{scalar} is not in 0..{_HIGHEST}")
    return found


def _at_most(most: int) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    def finish(items: tuple[Any, ...]) -> tuple[Any, ...]:
        if not 1 <= len(items) <= most:
            raise ParameterError("", f"must have 1..{most} entries")
        return items

    return finish


CLUSTER: Final = Kind(_cluster, "the number or the name of a cluster")
_ENDPOINT: Final = whole(1, ALL_ENDPOINTS - 1)
_LINE: Final = text(r"[^\x00-\x1f]{1,256}", "is not one line of up to 256 characters", "a line")
_LANGUAGE: Final = text(r"[a-z]{2}", "is not a language like en", "en, de and the like")
_IN_LANGUAGES: Final = TableOf(_LANGUAGE, lambda _language: _LINE, "languages, each with a line")
_NAMES: Final = ListOf(
    text(r"[^\x00]{1,32}", "is empty, or longer than 32 characters"),
    _at_most(_MOST_NAMES),
    or_one=True,
)
_KEY: Final = text(r"[A-Za-z][A-Za-z0-9_]{0,31}", "is not a letter and up to 31 more, digits or _")
_IMAGE: Final = text(
    r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}){0,3}\.(svg|png|jpg)",
    "is not the path of an svg, png or jpg in the folder of the driver",
    "the path of a picture",
)
_ABILITIES: Final = ListOf(words(*ABILITIES))


class DriverPart(msgspec.Struct, frozen=True):
    """What people take for one device: a whole one, whose key is empty, or a part of it."""

    key: str
    name: Mapping[str, str]  # by language
    device_class: str
    capabilities: frozenset[str]
    endpoints: tuple[int, ...]


@section
class ReportingManifest:
    """When an attribute is to be reported, where not as its capability has it."""

    cluster: int = option(CLUSTER, "the cluster")
    attribute: str = option(_LINE, "the number or the name of the attribute")
    minInterval: int = option(whole(0, _LONGEST), "seconds", default=0)
    maxInterval: int = option(whole(1, _LONGEST), "seconds")
    minChange: float = option(number(0, _MOST_CHANGE), "in units of the attribute", default=1.0)

    @property
    def attribute_id(self) -> int | None:
        """The number of the attribute; None for one that nobody knows."""
        return _attribute_id(self.cluster, self.attribute)

    @property
    def record(self) -> AttributeReportingConfigurationRecord:
        """What the device is to be told."""
        number = self.attribute_id
        assert number is not None, "a manifest that was read has none"
        declared = known_attributes(self.cluster).get(number)
        return AttributeReportingConfigurationRecord(
            number,
            attribute_type=UNKNOWN_TYPE if declared is None else declared.data_type.type_id,
            min_interval=self.minInterval,
            max_interval=self.maxInterval,
            reportable_change=self._change,
        )

    @property
    def _change(self) -> float:
        return int(self.minChange) if self.minChange.is_integer() else self.minChange

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.attribute_id is None:
            known = [one.name for one in known_attributes(self.cluster).values()]
            meant = suggestion(self.attribute, known)
            yield ("attribute",), f"is neither a number nor an attribute of the cluster{meant}"
        if self.minInterval > self.maxInterval:
            yield ("minInterval",), "is longer than maxInterval"


@section
class SettingChoice:
    """One of the values of a setting."""

    id: int = option(whole(0, _HIGHEST), "the value of the attribute")
    label: Mapping[str, str] = option(_IN_LANGUAGES, "what it means")

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from _without_english("label", self.label)


@section
class SettingManifest:
    """Something that people set once: an attribute of the device, which keeps it."""

    id: str = option(_KEY, "by which it is set")
    type: str = option(words(*SETTING_TYPES), "what may be set")
    label: Mapping[str, str] = option(_IN_LANGUAGES, "what people call it")
    endpoint: int = option(_ENDPOINT, "where it is", default=1)
    cluster: int = option(CLUSTER, "the cluster")
    attribute: str = option(_LINE, "the number or the name of the attribute")
    min: int | None = option(whole(-_MOST_SET, _MOST_SET), "the lowest number", default=None)
    max: int | None = option(whole(-_MOST_SET, _MOST_SET), "the highest number", default=None)
    values: tuple[SettingChoice, ...] = option(
        ListOf(SettingChoice), "what may be chosen", default=()
    )

    @property
    def definition(self) -> AttributeDefinition | None:
        """The attribute; None for one that is not known, or nobody may write."""
        number = _attribute_id(self.cluster, self.attribute)
        found = None if number is None else known_attributes(self.cluster).get(number)
        return found if found is not None and found.is_writable else None

    @property
    def allowed(self) -> Sequence[int]:
        """The values that may be set, or of a number the lowest and the highest."""
        if self.type == NUMBER:
            return tuple(one for one in (self.min, self.max) if one is not None)
        return (0, 1) if self.type == CHECKBOX else tuple(one.id for one in self.values)

    def takes(self, value: int) -> bool:
        """Say whether a value may be set."""
        if self.type == NUMBER:
            lowest, highest = self.allowed
            return lowest <= value <= highest
        return value in self.allowed

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from _without_english("label", self.label)
        definition = self.definition
        if definition is None:
            yield ("attribute",), "is no attribute of the cluster that is known and can be written"
        elif not all(map(partial(_fits, definition.data_type), self.allowed)):
            problem = f"is of the type {definition.data_type.name}, which has not all these values"
            yield ("attribute",), problem
        if (self.type == DROPDOWN) != bool(self.values):
            yield ("values",), f"go with the type {DROPDOWN}, and only with that"
        if self.type == NUMBER and (self.min is None or self.max is None or self.min > self.max):
            yield ("min",), f"and max, which is no less, go with the type {NUMBER}"


@section
class EndpointManifest:
    """An endpoint of the device: what it serves, and what it is to send us.

    What capabilities need is bound by itself. `bindings` has what must be bound besides, above all
    the clusters whose commands a remote control sends.
    """

    clusters: tuple[int, ...] = option(ListOf(CLUSTER), "what it serves", default=())
    bindings: tuple[int, ...] = option(ListOf(CLUSTER), "what is bound to us", default=())
    reporting: tuple[ReportingManifest, ...] = option(
        ListOf(ReportingManifest), "what is reported otherwise", default=()
    )


@section
class LearnMode:
    """How somebody has the device look for a network."""

    instruction: Mapping[str, str] = option(_IN_LANGUAGES, "what to do")
    image: str | None = option(_IMAGE, "a picture of that", default=None)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from _without_english("instruction", self.instruction)


@section
class SubDevice:
    """A part that people take for a device of its own; what it does not say is as in the whole."""

    endpoint: int = option(_ENDPOINT, "where it is")
    name: Mapping[str, str] | None = option(_IN_LANGUAGES, "what people call it", default=None)
    class_: str | None = option(words(**DEVICE_CLASSES), "what it is", default=None)
    capabilities: tuple[str, ...] | None = option(_ABILITIES, "what it can do", default=None)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.name is not None:
            yield from _without_english("name", self.name)


@section
class Zigbee:
    """Which devices these are, and how they are built."""

    manufacturerName: tuple[str, ...] = option(_NAMES, "who made it, as its Basic cluster says")
    productId: tuple[str, ...] = option(_NAMES, "which product it is, as its Basic cluster says")
    endpoints: Mapping[int, EndpointManifest] = option(
        SectionsBy(_ENDPOINT, EndpointManifest), "its endpoints, by their numbers"
    )
    learnmode: LearnMode | None = option(LearnMode, "how it looks for a network", default=None)
    devices: Mapping[str, SubDevice] = option(
        SectionsBy(_KEY, SubDevice), "parts that are devices of their own", default={}
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if not self.endpoints:
            yield ("endpoints",), "must have an endpoint"
        taken: dict[int, str] = {}
        for key, part in self.devices.items():
            place = ("devices", key, "endpoint")
            if part.endpoint not in self.endpoints:
                yield place, "is none of the endpoints"
            elif taken.setdefault(part.endpoint, key) != key:
                yield place, f"is that of {taken[part.endpoint]}"


@section
class DriverManifest:
    """What a driver says of its devices."""

    name: Mapping[str, str] = option(_IN_LANGUAGES, "what people call such a device")
    class_: str = option(words(**DEVICE_CLASSES), "what it is")
    capabilities: tuple[str, ...] = option(_ABILITIES, "what it can do")
    zigbee: Zigbee = option(Zigbee, "which devices these are")
    settings: tuple[SettingManifest, ...] = option(
        ListOf(SettingManifest), "what people set once", default=()
    )

    @property
    def parts(self) -> tuple[DriverPart, ...]:
        """The device itself, and those of its parts that are devices of their own."""
        devices = self.zigbee.devices
        taken = {part.endpoint for part in devices.values()}
        own = tuple(sorted(number for number in self.zigbee.endpoints if number not in taken))
        return (
            DriverPart("", self.name, self.class_, frozenset(self.capabilities), own),
            *(
                DriverPart(
                    key,
                    part.name or self.name,
                    part.class_ or self.class_,
                    frozenset(
                        self.capabilities if part.capabilities is None else part.capabilities
                    ),
                    (part.endpoint,),
                )
                for key, part in devices.items()
            ),
        )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from _without_english("name", self.name)
        yield from repeated("settings", "id", [one.id for one in self.settings])
        for place, setting in enumerate(self.settings):
            if setting.endpoint not in self.zigbee.endpoints:
                yield ("settings", place, "endpoint"), "is none of the endpoints"
        for part in self.parts:
            above = ("zigbee", "devices", part.key) if part.key else ()
            for capability in sorted(part.capabilities):
                problem = self._problem_of(capability, part)
                if problem is not None:
                    yield (*above, "capabilities"), problem

    def _problem_of(self, capability: str, part: DriverPart) -> str | None:
        """Say why a part cannot do something by its endpoints; None where it can."""
        endpoints = [
            self.zigbee.endpoints[number]
            for number in part.endpoints
            if number in self.zigbee.endpoints
        ]
        clusters = ABILITIES[capability]
        if not clusters:
            is_bound = any(one.bindings for one in endpoints)
            return None if is_bound else f"{capability} needs bindings at an endpoint of it"
        if not any(set(clusters).intersection(one.clusters) for one in endpoints):
            names = " or ".join(str(known_name(cluster_id)) for cluster_id in clusters)
            return f"{capability} needs the cluster {names} at an endpoint of it"
        return None


def _fits(kind: DataType, value: int) -> bool:
    """Say whether a whole number can be a value of a data type."""
    bits = 8 * kind.size
    lowest, beyond = (-(1 << bits - 1), 1 << bits - 1) if kind.is_signed else (0, 1 << bits)
    return not is_float(kind.type_id) and bits > 0 and lowest <= value < beyond


def _attribute_id(cluster: int, attribute: str) -> int | None:
    """Return the number of an attribute that is told by that or by its name; None for neither."""
    known = {one.name: key for key, one in known_attributes(cluster).items()}
    found = known.get(attribute, meaning(attribute))
    return found if type(found) is int and 0 <= found <= _HIGHEST else None


def _without_english(key: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    if ENGLISH not in texts:
        yield (key, ENGLISH), "is missing"


def read_manifest(octets: bytes) -> DriverManifest:
    """Return what a `driver.yml` says; ConfigError names all that is wrong, with keys and lines."""
    return read_file(DriverManifest, octets, MANIFEST)[0]
