"""The check that a discovery payload keeps Home Assistant's rules. Pure.

Home Assistant refuses a whole device for one wrong key at its root, and loses a component for a
unit that does not fit its device class; either way only its log tells. The rules stand in
`rules.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sebridge.homeassistant.device_classes import SENSOR_CLASSES, STATE_CLASSES
from sebridge.transports.mqtt.messages import is_topic
from tests.homeassistant import rules

_HIGHEST_QOS: Final = 2
_TEXTS: Final = ("unique_id", "name", "value_template", "json_attributes_template")


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with a payload: with all of it, and with single components by their key."""

    payload: tuple[str, ...] = ()
    components: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.payload or self.components)


def check(payload: Mapping[str, Any]) -> Problems:
    """Return what Home Assistant would not accept."""
    root, twice = _spelled_out(payload, rules.ABBREVIATIONS)
    whole = (
        *twice,
        *_keys(root, rules.ROOT_REQUIRED, rules.ROOT_KEYS),
        *_availability(root),
        *_device(root.get("device")),
        *_origin(root.get("origin")),
    )
    components = root.get("components")
    if not isinstance(components, Mapping) or not components:
        return Problems((*whole, "components: at least one is needed"))
    found = {key: tuple(_component(component)) for key, component in components.items()}
    for key in _duplicates(components):
        found[key] = (*found[key], "unique_id: another component has the same")
    return Problems(whole, {key: problems for key, problems in found.items() if problems})


def _spelled_out(
    given: Mapping[str, Any], abbreviations: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the mapping with its keys written out, and which of them were given twice."""
    names = [abbreviations.get(key, key) for key in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    return dict(zip(names, given.values(), strict=True)), [f"{name}: given twice" for name in twice]


def _keys(given: Mapping[str, Any], required: frozenset[str], known: frozenset[str]) -> list[str]:
    return [
        *(f"{key}: is missing" for key in sorted(required - given.keys())),
        *(f"{key}: is not a known key" for key in sorted(given.keys() - known)),
    ]


def _device(device: object) -> Iterator[str]:
    if not isinstance(device, Mapping):
        yield "device: must be an object"
        return
    given, twice = _spelled_out(device, rules.DEVICE_ABBREVIATIONS)
    problems = [*twice, *_keys(given, frozenset(), rules.DEVICE_KEYS)]
    if not given.get("identifiers") and not given.get("connections"):
        problems.append("identifiers: at least one is needed")
    texts = {
        key: value for key, value in given.items() if key not in {"identifiers", "connections"}
    }
    problems += [f"{key}: must be text" for key, value in texts.items() if not _is_text(value)]
    yield from (f"device.{problem}" for problem in problems)


def _origin(origin: object) -> Iterator[str]:
    if not isinstance(origin, Mapping):
        yield "origin: must be an object"
        return
    given, twice = _spelled_out(origin, rules.ORIGIN_ABBREVIATIONS)
    problems = [*twice, *_keys(given, rules.ORIGIN_REQUIRED, rules.ORIGIN_KEYS)]
    yield from (f"origin.{problem}" for problem in problems)


def _component(component: object) -> Iterator[str]:
    if not isinstance(component, Mapping):
        yield "must be an object"
        return
    given, twice = _spelled_out(component, rules.ABBREVIATIONS)
    yield from twice
    platform = rules.PLATFORMS.get(str(given.get("platform")))
    if platform is None:
        yield f"platform: {given.get('platform')!r} is not one that the bridge uses"
        return
    if given.keys() == {"platform"}:
        return  # the way to take a component back
    yield from (f"{key}: must be text" for key in _TEXTS if not _is_text(given.get(key, "text")))
    known = rules.COMPONENT_KEYS | platform.required | platform.keys
    yield from _keys(given, rules.COMPONENT_REQUIRED | platform.required, known)
    yield from _topics(given)
    yield from _availability(given)
    yield from _common(given, platform)
    if given["platform"] == "sensor":
        yield from _sensor(given)


def _topics(given: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(given.keys() & (rules.PUBLISH_TOPICS | rules.SUBSCRIBE_TOPICS)):
        topic = given[key]
        # none of ours has a wildcard, though Home Assistant would subscribe to one
        if not isinstance(topic, str) or not is_topic(topic) or not topic.isprintable():
            yield f"{key}: {topic!r} is no topic"


def _availability(given: Mapping[str, Any]) -> Iterator[str]:
    if "availability" in given and "availability_topic" in given:
        yield "availability: excludes availability_topic"
    mode = given.get("availability_mode", "latest")
    if not _is_one_of(mode, rules.AVAILABILITY_MODES):
        yield f"availability_mode: {mode!r} is none"
    listed = given.get("availability", [])
    if not isinstance(listed, list):
        yield "availability: must be a list"
        return
    for entry in listed:
        if not isinstance(entry, Mapping):
            yield "availability: must be a list of objects"
            continue
        spelled, twice = _spelled_out(entry, rules.ABBREVIATIONS)
        required = frozenset({"topic"})
        problems = [*twice, *_keys(spelled, required, rules.AVAILABILITY_KEYS), *_topics(spelled)]
        yield from (f"availability.{problem}" for problem in problems)


def _common(given: Mapping[str, Any], platform: rules.PlatformRules) -> Iterator[str]:
    if not _is_one_of(given.get("qos", 0), frozenset(range(_HIGHEST_QOS + 1))):
        yield "qos: must be 0, 1 or 2"
    yield from _category(given)
    device_class = given.get("device_class")
    if device_class is not None and not _is_one_of(device_class, platform.device_classes):
        yield f"device_class: {device_class!r} is none of {given['platform']}"
    entity_id = given.get("default_entity_id")
    if entity_id is not None and not _is_entity_id(entity_id, given["platform"]):
        yield f"default_entity_id: {entity_id!r} is no id of {given['platform']}"
    if ":" not in str(given.get("icon", ":")):
        yield f"icon: {given['icon']!r} lacks its prefix"
    if "event_types" in given and not _is_list_of_texts(given["event_types"]):
        yield "event_types: must be a list of text, not empty"


def _category(given: Mapping[str, Any]) -> Iterator[str]:
    category = given.get("entity_category")
    if category is not None and not _is_one_of(category, rules.ENTITY_CATEGORIES):
        yield f"entity_category: {category!r} is none"
    # an entity that only shows something must not ask to be a setting
    if category == "config" and "command_topic" not in given:
        yield "entity_category: config is for what can be set"


def _sensor(given: Mapping[str, Any]) -> Iterator[str]:
    device_class, unit = given.get("device_class"), given.get("unit_of_measurement")
    state_class, options = given.get("state_class"), given.get("options")
    if state_class is not None and not _is_one_of(state_class, STATE_CLASSES):
        yield f"state_class: {state_class!r} is none"
    if unit is not None and not str(unit).strip():
        yield "unit_of_measurement: must not be empty"
    yield from _options(options, device_class)
    class_rules = SENSOR_CLASSES.get(str(device_class))
    if class_rules is None:
        return
    if not _is_one_of(unit, class_rules.units):
        yield f"unit_of_measurement: {unit!r} does not fit the device class {device_class}"
    if state_class is not None and not _is_one_of(state_class, class_rules.state_classes):
        yield f"state_class: {state_class!r} does not fit the device class {device_class}"


def _options(options: object, device_class: object) -> Iterator[str]:
    if options is not None and device_class != "enum":
        yield "options: are for the device class enum"
    if options is not None and not _is_list_of_texts(options):
        yield "options: must be a list of text, not empty"
    if options is None and device_class == "enum":
        yield "options: are needed for the device class enum"


def _duplicates(components: Mapping[str, Any]) -> Iterable[str]:
    """Return the keys of components whose unique id an earlier one has."""
    seen: list[object] = []
    for key, component in components.items():
        if not isinstance(component, Mapping):
            continue
        unique_id = component.get("unique_id", component.get("uniq_id"))
        if unique_id is not None and unique_id in seen:
            yield key
        seen.append(unique_id)


def _is_one_of(value: object, allowed: frozenset[Any]) -> bool:
    """Like `in`, but also for lists and objects, which no set can hold."""
    return any(value == one and type(value) is type(one) for one in allowed)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(item) for item in value)


def _is_entity_id(value: object, platform: str) -> bool:
    prefix, dot, name = str(value).partition(".")
    letters = name.replace("_", "a")
    plain = letters.isascii() and letters.isalnum() and letters == letters.lower()
    return prefix == platform and bool(dot) and plain
