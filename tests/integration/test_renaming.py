"""Another base topic, gateway name or discovery prefix: nothing stays behind under the old one."""

from collections.abc import Callable, Iterator
from pathlib import Path
import signal
from typing import Any

import pytest

from tests.integration.bridges import METER, Program, configuration, is_at_home, make_bridge
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import eventually, until

MakeListener = Callable[..., Listener]

NEW: dict[str, Any] = {
    "gateway": {"name": "attic"},
    "homeassistant": {"discovery_prefix": "ha"},
}
HOME, ATTIC = "sebridge/home/", "energy/se/attic/"
ANNOUNCED = "homeassistant/device/sebridge_home_"


@pytest.fixture
def mosquitto(mosquitto_with: Callable[..., Mosquitto]) -> Mosquitto:
    return mosquitto_with(
        "allow_anonymous true", "autosave_on_changes false", "autosave_interval 1800"
    )


@pytest.fixture
def retained(mosquitto: Mosquitto, listening: MakeListener) -> Callable[[], set[str]]:
    """Return a way to ask which topics the broker keeps."""

    def ask() -> set[str]:
        listener = listening(mosquitto.port, "#")
        listener.topics_so_far()
        kept = {topic for topic, payload, is_kept in listener.heard if is_kept and payload}
        listener.close()
        return kept

    return ask


@pytest.fixture
def program(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Callable[..., Program]]:
    """Return a way to start programs with one database; they end with the test."""
    made: list[Program] = []

    def make(mqtt: dict[str, Any], **more: Any) -> Program:
        file = configuration(tmp_path / "program", {"port": mosquitto.port} | mqtt, **more)
        made.append(Program(file))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.kill()


async def test_what_was_kept_under_another_name_is_cleared(
    mosquitto: Mosquitto, retained: Callable[[], set[str]], tmp_path: Path
) -> None:
    before = make_bridge(tmp_path, {"port": mosquitto.port})
    await before.start()
    await until(lambda: is_at_home(before, METER))
    await until(lambda: any(t.startswith(f"{ANNOUNCED}{METER}") for t in retained()))
    await before.stop()
    assert any(topic.startswith(f"{HOME}device/{METER}/") for topic in retained())

    after = make_bridge(tmp_path, {"port": mosquitto.port, "base_topic": "energy/se"}, **NEW)
    await after.start()
    await until(lambda: any(t.startswith(f"ha/device/sebridge_attic_{METER}") for t in retained()))

    await until(lambda: all(topic.startswith((ATTIC, "ha/")) for topic in retained()))
    await after.stop()


async def test_what_others_keep_stays(
    mosquitto: Mosquitto,
    listening: MakeListener,
    retained: Callable[[], set[str]],
    tmp_path: Path,
) -> None:
    others = {"sebridge/homestead/info", "sebridge/attic/info", "homeassistant/device/x/config"}
    listener = listening(mosquitto.port, "none")
    for topic in others:
        listener.say(topic, b"{}", retain=True)
    before = make_bridge(tmp_path, {"port": mosquitto.port})
    await before.start()
    await until(lambda: f"{HOME}info" in retained())
    await before.stop()

    after = make_bridge(tmp_path, {"port": mosquitto.port, "base_topic": "energy/se"}, **NEW)
    await after.start()
    await until(lambda: not any(topic.startswith(HOME) for topic in retained()))
    await after.stop()

    assert others <= retained()


@pytest.mark.parametrize("heard", [1, 4, 40])
def test_neither_a_kill_before_nor_one_in_the_middle_leaves_anything(
    mosquitto: Mosquitto,
    listening: MakeListener,
    retained: Callable[[], set[str]],
    program: Callable[..., Program],
    heard: int,
) -> None:
    listener = listening(mosquitto.port, f"{HOME}#", "homeassistant/#")
    first = program({})
    eventually(lambda: len(listener.heard) >= heard)
    first.end(signal.SIGKILL)
    assert retained()
    cleared = len(listener.heard)

    killed = program({"base_topic": "energy/se"}, **NEW)
    eventually(lambda: any(not payload for _, payload, _ in listener.heard[cleared:]))
    killed.end(signal.SIGKILL)
    program({"base_topic": "energy/se"}, **NEW)

    eventually(lambda: f"{ATTIC}info" in retained())
    eventually(lambda: all(topic.startswith((ATTIC, "ha/")) for topic in retained()))
