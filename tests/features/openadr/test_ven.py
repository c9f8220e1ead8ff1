"""The VEN where it cannot do what it is there for."""

from random import Random

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.openadr.book import GridBook
from sebridge.features.openadr.plan import Load, Rules
from sebridge.features.openadr.ven import Ven
from sebridge.features.openadr.vtn import Access, Vtn
from sebridge.gateway.events.signals import CurveTold
from sebridge.settings.openadr_options import OpenAdrOptions
from tests.openadr_vtn import StandInVtn
from tests.patience import until

RULES = Rules(
    currency="EUR",
    unit="kWh",
    nominal=None,
    device_class=0x0FFF,
    duty_cycle=(75, 50, 0),
    criticality=(1, 3, 6),
    limit_criticality=6,
)


class Part:
    """A VEN without a server of load control, on a gateway that may not know the time."""

    def __init__(self, vtn: StandInVtn, clock: VirtualClock, bus: SignalBus) -> None:
        self.time_is_known = False
        self.issued: dict[int, Load] = {}
        self.curves: list[CurveTold] = []
        bus.listen(CurveTold, self.curves.append)
        access = Access(url=vtn.url, token_url=vtn.url)
        self.ven = Ven(
            OpenAdrOptions(url=vtn.url),
            Vtn(access, clock),
            GridBook(frozenset(), {}, {}, lambda: 0.0),
            RULES,
            issued=self.issued,
            contact={},
            load_control=lambda: None,
            tells_prices=True,
            clock=clock,
            network_clock=clock,
            time_is_known=lambda: self.time_is_known,
            random=Random(1),
            bus=bus,
        )


@pytest.fixture
def bus() -> SignalBus:
    return SignalBus(strict=True)


async def test_it_waits_for_the_time_and_does_without_load_control(
    clock: VirtualClock, bus: SignalBus
) -> None:
    vtn = StandInVtn(clock)
    vtn.add("e1", ("SIMPLE", 1), ("PRICE", 0.1), intervalPeriod=vtn.period(0, "P1D"))
    async with vtn.serving():
        part = Part(vtn, clock, bus)
        await part.ven.start()
        await clock.advance(20)
        await until(lambda: part.ven.facts()["connected"])
        unknown = len(part.curves)
        part.time_is_known = True

        await clock.advance(400)
        await until(lambda: part.curves)
        await part.ven.stop()

    assert unknown == 0
    assert [slot.value for slot in part.curves[-1].slots] == [0.1]
    assert part.issued == {}
    assert part.ven.verdict("e1").problems == ()
