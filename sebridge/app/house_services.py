"""The simulated house of a bridge: its devices, what people do in it, and what it looks like."""

from collections.abc import Sequence

from sebridge.app.gateway import Gateway
from sebridge.app.house import SimulatedHouse
from sebridge.app.house_control import HouseControl, house_groups
from sebridge.app.ports import Ports
from sebridge.base.service import Service
from sebridge.feature import Feature
from sebridge.radio.ether import Ether
from sebridge.settings.options import Options
from sebridge.transports.mqtt.house_state import HouseState
from sebridge.transports.mqtt.topics import Topics


def build_house(
    options: Options,
    ports: Ports,
    ether: Ether,
    gateway: Gateway,
    topics: Topics,
    features: Sequence[Feature],
) -> tuple[SimulatedHouse, Sequence[Service]]:
    """Build the house on an air, its methods in the gateway; return it and what runs for it."""
    house = SimulatedHouse(
        options.simulator,
        features=features,
        ether=ether,
        open_collection=ports.open_collection,
        clock=ports.clock,
        gateway=gateway,
        security=ports.house_security,
    )
    control = HouseControl(
        house,
        options.simulator,
        ether=ether,
        clock=ports.clock,
        module=options.radio.type if options.radio.is_emulated else None,
        security=ports.house_security,
    )
    of_house, *of_devices = house_groups(features)
    gateway.dispatcher.register(
        [of_house(control), *(make(house.household) for make in of_devices)]
    )
    state = HouseState(
        bus=ports.bus,
        mqtt=ports.link,
        topic=topics.simulator,
        seen=control.seen,
        clock=ports.real_clock,
    )
    return house, (state, house)
