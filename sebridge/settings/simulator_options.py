"""The section `simulator`: the simulated air, and the devices on it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.settings.declaration import Problem, option, repeated, section
from sebridge.settings.kinds import (
    ADDRESS,
    INSTALLATION_CODE,
    NETWORK_KEY,
    SUITES,
    TEXT,
    AnyTable,
    ListOf,
    number,
    whole,
    words,
)


@section
class SimulatedDeviceOptions:
    """A device of the simulated house; `options` depend on its kind.

    One with an installation code or a link key is not known to the gateway from the start: it waits
    until somebody adds it with that, as a real one does.
    """

    kind: str = option(
        words(
            meter="an electricity meter of the Smart Energy profile",
            sub_meter="a metering plug of the Home Automation profile",
            display="an in-premise display",
            thermostat="a programmable communicating thermostat",
            load_control="a switch that obeys load-control events",
            smart_plug="a metering plug of the Home Automation profile that can be switched",
            two_outlet_plug="a plug with two outlets that are switched one by one",
            remote_control="a remote control with a button for on and one for off",
            lamp="a lamp whose light can be dimmer, and warmer",
            blind="a blind, shutter or curtain",
            temperature_sensor="a temperature sensor of the Home Automation profile",
            room_sensor="a sensor of humidity, pressure, light and presence, with a battery",
            contact_sensor="the contact of a door",
            room_thermostat="a thermostat of the Home Automation profile, that of a heating",
            serial_node="an XBee module with something at its serial port, behind a radio of type"
            " xbee",
            xbee_sensor="an XBee module that measures temperature, behind a radio of type xbee",
        ),
        "what it is",
    )
    name: str = option(TEXT, "each has its own")
    eui64: Eui64 = option(ADDRESS, "64-bit address; each has its own")
    installation_code: Secret | None = option(
        INSTALLATION_CODE,
        "with one, the device waits until somebody adds it with that code",
        default=None,
    )
    link_key: Secret | None = option(
        NETWORK_KEY, "the same with the key itself, in the place of a code", default=None
    )
    options: Mapping[str, Any] = option(
        AnyTable(), "those of its kind are in docs/simulator.md", default={}
    )

    @property
    def waits(self) -> bool:
        """Whether it has a code or key of its own, with which somebody is to add it."""
        return self.installation_code is not None or self.link_key is not None

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.installation_code is not None and self.link_key is not None:
            yield ("link_key",), "cannot be given beside an installation_code"


def _device(kind: str, name: str, number: int) -> SimulatedDeviceOptions:
    eui64 = Eui64.parse(f"00:0d:6f:00:0a:00:00:{number:02x}")
    return SimulatedDeviceOptions(kind=kind, name=name, eui64=eui64)


HOUSEHOLD: Final = (
    _device("meter", "Main meter", 1),
    _device("sub_meter", "Washing machine plug", 2),
    _device("display", "Kitchen display", 3),
    _device("thermostat", "Living room thermostat", 4),
    _device("load_control", "Water heater switch", 5),
)
"""The household of the example and of the demonstration: one device of each of these kinds."""


XBEE_NODES: Final = (
    SimulatedDeviceOptions(
        kind="serial_node",
        name="Power monitor",
        eui64=Eui64.parse("00:13:a2:00:40:0a:3e:ff"),
        options={"node_id": "E2", "says": "V=240.1 A=1.52", "every": 10.0},
    ),
    SimulatedDeviceOptions(
        kind="xbee_sensor", name="Attic", eui64=Eui64.parse("00:13:a2:00:40:0a:3f:02")
    ),
)
"""What is besides on the air of an emulated XBee."""


@section
class AirOptions:
    """How bad the simulated air is."""

    loss: float = option(number(0, 1), "share of frames lost, 0 to 1", default=0.0)
    duplicates: float = option(
        number(0, 1), "share of frames that arrive twice, 0 to 1", default=0.0
    )
    delay: float = option(  # the mean of an exponential distribution
        number(0, 60), "seconds that a frame takes on average", default=0.01
    )
    seed: int = option(whole(0, 2**63 - 1), "the same seed gives the same chances", default=0)


FASTEST_OF_MODULE: Final = 20.0
"""Simulated seconds in a real one, at most, where a driver of a module waits for real ones."""


@section
class SimulatorOptions:
    """The simulated house, in use when the radio's type or its path is `simulated`."""

    air: AirOptions = option(AirOptions, "how bad the air is", default=AirOptions())
    suites: tuple[int, ...] = option(
        SUITES,
        "of key establishment: 1, 2 or both; a suite for which devices and gateway have"
        " certificates",
        default=(1,),
    )
    devices: tuple[SimulatedDeviceOptions, ...] = option(
        ListOf(SimulatedDeviceOptions),
        "the simulated household; options depend on the kind",
        default=(),
        example=HOUSEHOLD,
    )
    speed: float = option(number(0.001, 100_000), "simulated seconds in a real one", default=1.0)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        for key in ("name", "eui64"):
            yield from repeated("devices", key, [getattr(one, key) for one in self.devices])
