"""The news of clusters of the user."""

from sebridge.base.signals import SignalBus
from sebridge.modules.signals import Notice


def test_a_notice_reaches_who_listens(bus: SignalBus) -> None:
    heard: list[Notice] = []
    bus.listen(Notice, heard.append)

    bus.send(Notice("valve_turned", {"open": True}))
    bus.send(Notice("valve_rusted"))

    assert heard == [Notice("valve_turned", {"open": True}), Notice("valve_rusted", {})]
