"""The files for containers: what they name is there, and what they start is configured right."""

from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from sebridge.settings.config import load
from sebridge.settings.simulator_options import HOUSEHOLD

PROJECT = Path(__file__).parents[1]
CONTAINER = PROJECT / "packaging" / "container"
DOCKERFILE = (CONTAINER / "Dockerfile").read_text().replace("\\\n", "")
SETTINGS = "".join(re.findall("^ENV .*$", DOCKERFILE, re.MULTILINE))
ENVIRONMENT = dict(re.findall(r"(\w+)=(\S+)", SETTINGS))


@pytest.fixture
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
    return found


def test_the_image_is_made_of_what_is_there_and_let_through() -> None:
    ignored = (CONTAINER / "Dockerfile.dockerignore").read_text().splitlines()

    copied = " ".join(re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)).split()

    assert "sebridge" in copied
    assert all((PROJECT / name).exists() for name in copied)
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(copied)
    assert "*" in ignored


def test_the_image_has_exactly_the_locked_packages_and_no_rights() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["8480:8480"]
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert last.index("USER") < last.index("ENTRYPOINT")


def test_its_health_is_asked_where_it_is_told() -> None:
    asked = re.findall(r"http://127\.0\.0\.1:(\d+)/healthz", DOCKERFILE)

    assert asked == [ENVIRONMENT["SEBRIDGE_HTTP__PORT"]]


def test_what_compose_names_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]

    for service in services.values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            is_file = source.startswith(".")
            assert (CONTAINER / source).is_file() if is_file else source in compose["volumes"]
        assert set(service.get("depends_on", ())) <= services.keys()
    build = services["bridge"]["build"]
    assert (CONTAINER / build["context"] / build["dockerfile"]).is_file()


def test_nobody_but_this_machine_reaches_what_compose_starts(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_bridge_writes_nothing_but_its_volume(compose: dict[str, Any]) -> None:
    bridge = compose["services"]["bridge"]

    assert bridge["read_only"]
    assert bridge["cap_drop"] == ["ALL"]
    assert [v for v in bridge["volumes"] if not v.endswith(":ro")] == ["bridge:/data"]


def test_the_bridge_finds_the_broker_and_has_a_house(compose: dict[str, Any]) -> None:
    environment = ENVIRONMENT | compose["services"]["bridge"]["environment"]

    options = load(PROJECT / "packaging" / "simulated-house.yaml", environment)

    assert options.mqtt.broker.host in compose["services"]
    assert options.storage.path == Path("/data/sebridge.db")
    assert options.http is not None
    assert options.simulator.devices == HOUSEHOLD
