"""A disk that is full: the file system itself refuses to let the database grow."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import resource
import signal
import time
from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from tests.integration.bridges import ROOT, Program, configuration, wait_for
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import eventually

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Home:
    """A bridge as a process of its own, and a client that asks it."""

    def __init__(self, directory: Path, mosquitto: Mosquitto, listener: Listener) -> None:
        self._listener = listener
        self.database = directory / "sebridge.db"
        file = configuration(
            directory, {"port": mosquitto.port}, storage={"path": str(self.database)}
        )
        self.bridge = Program(file)

    def start(self) -> None:
        self.bridge.start()
        wait_for(self._listener, f"{ROOT}/availability", b"online")

    def fill_the_disk(self) -> None:
        """Let no file of the bridge grow any more."""
        log = self.database.with_name("sebridge.db-wal")
        eventually(log.exists)
        resource.prlimit(self.bridge.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def make_room(self) -> None:
        resource.prlimit(self.bridge.pid, resource.RLIMIT_FSIZE, NO_LIMIT)

    def ask(self, method: str, **params: Any) -> Any:
        topic = f"{ROOT}/rpc/response/{method}"
        before = len(self._listener.payloads(topic))
        self._listener.say(f"{ROOT}/rpc/request/{method}", json.dumps(params).encode())
        eventually(lambda: len(self._listener.payloads(topic)) > before)
        return json.loads(self._listener.topics()[topic])

    def told(self, words: str) -> bool:
        """Say whether people were told something with these words."""
        topic = f"{ROOT}/notification/message"
        return any(words.encode() in text for text in self._listener.payloads(topic))

    def prices(self) -> list[int]:
        found = self.ask("get_price_events")["result"]["events_record_list"]
        return sorted(record["issuer_event_id"] for record in found)


@pytest.fixture
def home(
    tmp_path: Path, mosquitto: Mosquitto, listening: Callable[..., Listener]
) -> Iterator[Home]:
    listener = listening(mosquitto.port, "sebridge/#")
    home = Home(tmp_path / "bridge", mosquitto, listener)
    home.start()
    yield home
    home.bridge.kill()


def test_on_a_full_disk_reading_goes_on_and_a_change_says_that_it_is_in_force_and_not_stored(
    home: Home,
) -> None:
    price = {
        "issuer_event_id": 7,
        "start_time": 0,
        "duration_in_minutes": 60,
        "price": 25,
        "unit_of_measure": 0,
        "currency": 978,
        "price_trailing_digit_and_price_tier": 0x20,
    }
    tomorrow, later = (zigbee_time(time.time()) + days * 86_400 for days in (1, 2))
    acknowledged = home.ask(
        "create_price_event", record=price | {"issuer_event_id": 6, "start_time": later}
    )
    home.fill_the_disk()

    created = home.ask("create_price_event", record=price)
    told = home.ask("get_time")
    in_force, is_said = home.prices(), home.told("cannot be written")
    home.make_room()
    stored = home.ask(
        "create_price_event", record=price | {"issuer_event_id": 8, "start_time": tomorrow}
    )
    home.bridge.end(signal.SIGKILL)
    home.start()

    assert acknowledged["status"] == "ok"
    assert is_said
    assert created["error"]["code"] == -32006
    assert created["error"]["data"] == {"carried_out": True}
    assert "carried out and in force, but not on disk" in created["error"]["message"]
    assert told["status"] == "ok"
    assert in_force == [6, 7]
    assert stored["status"] == "ok"
    assert home.prices() == [6, 7, 8]
