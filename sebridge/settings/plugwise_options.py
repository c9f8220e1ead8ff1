"""The section `plugwise`: the stick of a Plugwise network, and its circles."""

from collections.abc import Iterator
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.settings.declaration import AppOption, Problem, option, repeated, section
from sebridge.settings.kinds import ADDRESS, TEXT, TRUTH, ListOf, number

_SECONDS: Final = number(5, 3600)


@section
class CircleOptions:
    """A circle of which more is to be said than its address, by which it is known anyway."""

    address: Eui64 = option(ADDRESS, "64-bit address, as printed on the circle; each has its own")
    name: str | None = option(TEXT, "what people call it", default=None)
    interval: float | None = option(
        _SECONDS, "seconds between two looks at it; without a value: as for all", default=None
    )
    production: bool = option(
        TRUTH,
        "true: have it log what is produced apart from what is consumed, as of a solar panel",
        default=False,
    )


_EXAMPLE: Final = (
    CircleOptions(address=Eui64.parse("00:0d:6f:00:0a:01:00:02"), name="Fridge"),
    CircleOptions(
        address=Eui64.parse("00:0d:6f:00:0a:01:00:04"),
        name="Solar panel",
        interval=10.0,
        production=True,
    ),
)


@section
class PlugwiseOptions:
    """The stick, and how often its circles are looked at."""

    path: str = option(
        TEXT,
        "/dev/serial/by-id/... or socket://host:port of the stick; a serial port has 115200 bits"
        " per second",
        example="/dev/ttyUSB1",
        app=(
            AppOption(
                "Serial port of a Plugwise stick",
                "Only for who has one besides the radio. Choose the name in /dev/serial/by-id.",
                takes="device(subsystem=tty)",
                optional=True,
            ),
            AppOption(
                "Network address of a Plugwise stick",
                "For a stick behind a network adapter, such as socket://192.168.1.20:6639. Used"
                " instead of the serial port.",
                key="plugwise_address",
                takes="match(^socket://[^ ]+:[0-9]+$)",
                optional=True,
            ),
        ),
    )
    interval: float = option(
        _SECONDS, "seconds between two looks at a circle: its relay, its power", default=60.0
    )
    circles: tuple[CircleOptions, ...] = option(
        ListOf(CircleOptions),
        "names and further options; circles that the stick has are found by themselves",
        default=(),
        example=_EXAMPLE,
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from repeated("circles", "address", [one.address for one in self.circles])
        names = [one.name for one in self.circles if one.name is not None]
        yield from repeated("circles", "name", names)
