"""Brokers, certificates and listeners for the tests with real programs."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
import subprocess

import bellows.ezsp
import pytest

from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION
from tests.integration.brokers import PASSWORD, USER, Certificates, Listener, Mosquitto
from tests.integration.ezsp_wire import Wire
from tests.integration.steady_clock import SteadyClock, ticking


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def mosquitto_with(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Return a way to start brokers with lines of configuration."""
    brokers: list[Mosquitto] = []

    def begin(*lines: str, started: bool = True) -> Mosquitto:
        broker = Mosquitto(tmp_path / f"broker{len(brokers)}", lines)
        brokers.append(broker)
        if started:
            broker.start()
        return broker

    yield begin
    for broker in brokers:
        broker.stop()


@pytest.fixture
def mosquitto(mosquitto_with: Callable[..., Mosquitto]) -> Mosquitto:
    """Return a broker that takes everybody."""
    return mosquitto_with("allow_anonymous true")


@pytest.fixture
def guarded_mosquitto(
    mosquitto_with: Callable[..., Mosquitto], certificates: Certificates, tmp_path: Path
) -> Mosquitto:
    """Return a broker with TLS, a password, and rules for topics."""
    passwords = tmp_path / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(passwords), USER, PASSWORD],
        check=True,
        capture_output=True,
    )
    rules = tmp_path / "rules"
    rules.write_text(f"user {USER}\ntopic readwrite sebridge/#\n")
    for file in (passwords, rules):
        file.chmod(0o600)
    broker, key = certificates.broker
    return mosquitto_with(
        "allow_anonymous false",
        f"password_file {passwords}",
        f"acl_file {rules}",
        f"cafile {certificates.ca}",
        f"certfile {broker}",
        f"keyfile {key}",
    )


@pytest.fixture
def listening() -> Iterator[Callable[..., Listener]]:
    """Return a way to begin to listen; the listeners leave at the end."""
    listeners: list[Listener] = []

    def begin(port: int, *filters: str, quality: int = 1) -> Listener:
        listener = Listener(port, *filters, quality=quality)
        listeners.append(listener)
        return listener

    yield begin
    for listener in listeners:
        listener.close()


@pytest.fixture
async def wire(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wire]:
    """Return an EZSP module on which our radio has formed a network; a parameter is its version.

    The driver is not to wait for what a module says when it is given power: this one has it.
    """
    monkeypatch.setattr(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0)
    async with ticking(SteadyClock(5)) as clock:
        wire = Wire(clock, getattr(request, "param", USUAL_VERSION))
        await wire.start()
        yield wire
        await wire.stop()
