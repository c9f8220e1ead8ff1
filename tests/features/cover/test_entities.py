"""A window covering has a position once it has told one."""

from sebridge.base.signals import SignalBus
from sebridge.features.cover.entities import CoverEntities
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.zcl.identifiers import WINDOW_COVERING
from tests.drivers.house import known
from tests.homeassistant.house import device_of, entity_host


def test_one_that_tells_no_position_is_opened_and_closed(bus: SignalBus) -> None:
    device = device_of(known(servers=(WINDOW_COVERING,)))
    entities = CoverEntities(entity_host(bus, {}))

    (before,) = entities.of_device(device)
    bus.send(ValuesShown(device.eui64, 1, WINDOW_COVERING, {"position": 0}, 0.0))
    (after,) = entities.of_device(device)

    assert before.more.keys() == {"pl_open", "pl_cls", "pl_stop"}
    assert after.more.keys() - before.more.keys() == {
        "pos_t",
        "pos_tpl",
        "set_pos_t",
        "set_pos_tpl",
    }
