"""What Home Assistant shows of plug-ins, as they said it."""

import msgspec


class PluginEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity of a plug-in; `topic` and `command` are whole topics."""

    platform: str
    name: str
    template: str
    topic: str | None = None
    command: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    icon: str | None = None
    category: str | None = None
    options: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
