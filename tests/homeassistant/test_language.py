"""The names of components in German."""

from collections.abc import Mapping
import json
from typing import Any

import pytest

from sebridge.base.signals import SignalBus
from sebridge.homeassistant.discovery import Discovery
from sebridge.homeassistant.language import name_in
from sebridge.homeassistant.naming import Naming
from sebridge.network.identities import Identities
from sebridge.network.known_device import KnownDevice
from sebridge.settings.options import ENGLISH, GERMAN
from tests.homeassistant.house import GATEWAY, HOUSE, METER, TOPICS, device_of, entities
from tests.reference_files import reference

SAME: frozenset[str] = frozenset({"Problem", "Thermostat"})
"""Names that are German, too."""


def payload(known: KnownDevice | None, language: str) -> dict[str, Any]:
    naming = Naming("homeassistant", "home", Identities())
    made = Discovery(TOPICS, naming, lambda: GATEWAY, entities(SignalBus(), {}), language)
    return made.gateway() if known is None else made.device(device_of(known))


def nameless(told: Mapping[str, Any]) -> str:
    parts = {
        key: {k: v for k, v in part.items() if k != "name"} for key, part in told["cmps"].items()
    }
    return json.dumps({**told, "cmps": parts})


def test_every_component_of_every_kind_has_a_german_name() -> None:
    kinds = reference("homeassistant_payloads.json")["kinds"].values()
    names = {part["name"] for kind in kinds for part in kind["cmps"].values()}

    untranslated = {
        name for name in names if name_in(GERMAN, name.rstrip(" 0123456789") or name) == name
    }

    assert len(names) > 40
    assert untranslated <= SAME | {name for name in names if name[-1].isdigit()}
    assert all(name_in(ENGLISH, name) == name for name in names)


@pytest.mark.parametrize(
    ("name", "german"),
    [
        ("Energy imported tier 3", "Bezogene Energie Tarifstufe 3"),
        ("Consumption tier 15", "Verbrauch Tarifstufe 15"),
        ("Gas current price", "Gas: Aktueller Preis"),
        ("Water next price from", "Wasser: Nächster Preis ab"),
        ("Greeting", "Greeting"),
        ("Gas greeting", "Gas greeting"),
    ],
)
def test_what_is_put_together_is_translated_in_its_parts(name: str, german: str) -> None:
    assert name_in(GERMAN, name) == german


@pytest.mark.parametrize("known", [None, *HOUSE], ids=lambda known: known and known.name)
def test_only_names_differ(known: KnownDevice | None) -> None:
    if known is not None and not known.endpoints:
        known = METER

    english, german = (payload(known, language) for language in (ENGLISH, GERMAN))

    assert english != german
    assert nameless(english) == nameless(german)
