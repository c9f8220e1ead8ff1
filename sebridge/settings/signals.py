"""News of the registry."""

from dataclasses import dataclass

from sebridge.settings.entries import Value


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A registry setting has a new value. `name` is its main name, whatever name was used."""

    name: str
    value: Value
