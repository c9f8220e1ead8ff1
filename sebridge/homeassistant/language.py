"""The names of components in the languages that the bridge speaks. Data, and one lookup.

Discovery by MQTT has no translations of its own: a name is text, and is given in the language that
the configuration chooses. Unique ids and entity ids come from keys, so they stay the same.
"""

from collections.abc import Mapping
import re
from typing import Final

from sebridge.settings.options import ENGLISH

_GERMAN: Final[Mapping[str, str]] = {
    # of the gateway
    "Connection": "Verbindung",
    "ZigBee network": "ZigBee-Netz",
    "Network status": "Netzstatus",
    "Channel": "Kanal",
    "Permit joining": "Beitritt erlauben",
    "Joining open until": "Beitritt offen bis",
    "Joining open for": "Beitritt noch offen",
    "Device joining": "Beitritt eines Geräts",
    "Failed action": "Fehlgeschlagene Aktion",
    # of every device
    "Last seen": "Zuletzt gehört",
    "Link quality": "Verbindungsqualität",
    "Signal strength": "Signalstärke",
    "Identify": "Identifizieren",
    "Firmware": "Firmware",
    # switches, sensors and thermostats
    "Switch": "Schalter",
    "Temperature": "Temperatur",
    "Button": "Taste",
    "Light": "Licht",
    "Cover": "Behang",
    "Humidity": "Luftfeuchte",
    "Air pressure": "Luftdruck",
    "Illuminance": "Helligkeit",
    "Battery": "Batterie",
    "Occupancy": "Anwesenheit",
    "Alarm": "Alarm",
    "Motion": "Bewegung",
    "Contact": "Kontakt",
    "Smoke": "Rauch",
    "Water": "Wasser",
    "Carbon monoxide": "Kohlenmonoxid",
    "Vibration": "Erschütterung",
    "Thermostat": "Thermostat",
    "Heating demand": "Heizbedarf",
    "Cooling demand": "Kühlbedarf",
    # prices
    "Current price": "Aktueller Preis",
    "Current price until": "Aktueller Preis bis",
    "Next price": "Nächster Preis",
    "Next price from": "Nächster Preis ab",
    "Price tier": "Tarifstufe",
    "Price event": "Preisereignis",
    "Last price delivered": "Zuletzt zugestellter Preis",
    # load control
    "Load control": "Lastregelung",
    "Load-control event": "Lastregelungsereignis",
    "Load-control report": "Lastregelungsmeldung",
    "Load-control status": "Lastregelungsstatus",
    "Load-control group": "Lastregelungsgruppe",
    "Load-control classes": "Lastregelungsklassen",
    "Random delay of the start": "Zufällige Verzögerung des Beginns",
    "Random delay of the end": "Zufällige Verzögerung des Endes",
    "Load control until": "Lastregelung bis",
    "Criticality level": "Dringlichkeit",
    "Consumption limit": "Verbrauchsgrenze",
    "OpenADR": "OpenADR",
    "Keep to the consumption limit": "Verbrauchsgrenze einhalten",
    "Take part in load control": "An Lastregelung teilnehmen",
    "Take part in event": "Teilnahme an Ereignis",
    # messages
    "Message": "Nachricht",
    "Message importance": "Wichtigkeit der Nachricht",
    "Message event": "Nachrichtenereignis",
    "Message confirmation": "Nachrichtenbestätigung",
    "Confirm the message": "Nachricht bestätigen",
    "Send a message to the displays": "Nachricht an die Anzeigen",
    "Last message delivered": "Zuletzt zugestellte Nachricht",
    "Last message confirmed": "Zuletzt bestätigte Nachricht",
    # circles
    "Relay": "Relais",
    # meters
    "Energy imported": "Bezogene Energie",
    "Energy exported": "Eingespeiste Energie",
    "Consumption": "Verbrauch",
    "Serial number": "Seriennummer",
    "Returned": "Rückgabe",
    "Power": "Leistung",
    "Voltage": "Spannung",
    "Current": "Strom",
    "Power factor": "Leistungsfaktor",
    "Average power factor": "Mittlerer Leistungsfaktor",
    "Flow": "Durchfluss",
    "Pressure": "Druck",
    "Problem": "Problem",
    "Check meter": "Zähler prüfen",
    "Low battery": "Batterie schwach",
    "Tampered with": "Manipulation",
    "Power failure": "Stromausfall",
    "Power quality": "Netzqualität",
    "Leak": "Leck",
    "Disconnected": "Abgeschaltet",
    "Low pressure": "Niedriger Druck",
    "Reverse flow": "Rückfluss",
    "Empty pipe": "Leeres Rohr",
    "Temperature sensor": "Temperaturfühler",
    "Burst": "Rohrbruch",
}
_COMMODITIES: Final[Mapping[str, str]] = {
    "Gas": "Gas",
    "Water": "Wasser",
    "Heat": "Wärme",
    "Cooling": "Kälte",
}
_TIER: Final = re.compile(r"(.+) tier ([0-9]+)")
_NUMBERED: Final = re.compile(r"(.+) ([0-9]+)")
_PHASE: Final = re.compile(r"(.+) (L[123])")


def name_in(language: str, name: str) -> str:
    """Return the name of a component, `name` in English, in a language of the configuration.

    A name that has no translation, such as that of a feature of somebody's own, stays.
    """
    return name if language == ENGLISH else _german(name)


def _german(name: str) -> str:
    found = _GERMAN.get(name)
    if found is not None:
        return found
    tier = _TIER.fullmatch(name)
    if tier is not None:
        return f"{_german(tier[1])} Tarifstufe {tier[2]}"
    phase = _PHASE.fullmatch(name)
    if phase is not None:
        return f"{_german(phase[1])} {phase[2]}"
    numbered = _NUMBERED.fullmatch(name)
    if numbered is not None and numbered[1] in _GERMAN:
        return f"{_GERMAN[numbered[1]]} {numbered[2]}"
    first, _, rest = name.partition(" ")
    commodity, of_it = _COMMODITIES.get(first), _GERMAN.get(rest.capitalize())
    if commodity is not None and of_it is not None:
        return f"{commodity}: {of_it}"
    return name
