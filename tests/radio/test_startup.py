"""Why a radio does not start, in plain words, from the real drivers."""

import asyncio
from collections.abc import AsyncIterator
import logging
from pathlib import Path

import pytest
from typing_extensions import override
from zigpy.exceptions import FormationFailure

from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.base.errors import ConfigError, NotJoinedError
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import ether_application
from sebridge.radio.factory import make_radio, zigpy_config
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.startup import LONGEST_START, keep_keys_out_of_logs, start_application
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from tests.patience import PATIENCE
from tests.ports import unused_port
from tests.radio.simulated_air import HA_ENDPOINT, SE_ENDPOINT, Ears

KINDS = ["ezsp", "xbee", "znp"]


def radio(kind: str, path: str) -> ZigpyRadio:
    options = RadioOptions(type=kind, path=path)
    return make_radio(options, [SE_ENDPOINT, HA_ENDPOINT], {}, SystemClock(), NetworkGuard({}))


async def refusal(kind: str, path: str) -> str:
    """Start a radio that cannot start, twice: what failed once must fail the same way again."""
    unable = radio(kind, path)
    messages = []
    for _ in range(2):
        with pytest.raises(ConfigError) as error:
            async with asyncio.timeout(PATIENCE):
                await unable.start(Ears())
        messages.append(str(error.value))
    assert not unable.network.joined
    assert messages[0] == messages[1]
    return messages[0]


@pytest.fixture
def closed_port() -> str:
    return f"socket://127.0.0.1:{unused_port()}"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_serial_port_that_is_not_there_is_named(kind: str) -> None:
    message = await refusal(kind, "/dev/ttyNOWHERE0")

    assert message.startswith("radio.path: /dev/ttyNOWHERE0: no such device")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_tcp_port_on_which_nothing_listens_is_named(kind: str, closed_port: str) -> None:
    message = await refusal(kind, closed_port)

    assert message == (
        f"radio.path: {closed_port}: connection refused; nothing listens on that port"
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_no_serial_port(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("radio:")

    message = await refusal(kind, str(file))

    assert message == f"radio.path: {file}: it is not a serial port"


async def test_a_host_that_has_no_address_is_named() -> None:
    message = await refusal("xbee", "socket://nowhere.invalid:1234")

    assert message.endswith("the host name cannot be resolved")


@pytest.fixture
async def hang_up() -> AsyncIterator[str]:
    """Open a TCP port that closes every connection at once."""

    async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    yield f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def test_who_hangs_up_is_no_radio(hang_up: str) -> None:
    with pytest.raises(ConfigError, match="does not answer as a radio of type xbee"):
        await radio("xbee", hang_up).start(Ears())


@pytest.mark.parametrize("name", ["bellows.ezsp.protocol", "zigpy_znp.uart"])
def test_who_would_show_the_octets_of_a_damaged_frame_says_nothing(name: str) -> None:
    keep_keys_out_of_logs()

    assert not logging.getLogger(name).isEnabledFor(logging.ERROR)


# ------------------------------------------------------------------ what only a bad day shows


class Stubborn(PassiveApplication):
    """An application that does not come up."""

    failure: Exception | None = None
    shut_down = 0

    @override
    async def connect(self) -> None:
        if self.failure is not None:
            raise self.failure
        await asyncio.get_running_loop().create_future()

    @override
    async def shutdown(self, *, db: bool = True) -> None:
        type(self).shut_down += 1
        await super().shutdown(db=db)


def stubborn(failure: Exception | None = None) -> Stubborn:
    base = ether_application(Ether(VirtualClock()))
    kind = type("StubbornEther", (Stubborn, base), {"failure": failure})
    made: Stubborn = kind(zigpy_config(RadioOptions(), "/dev/ttyUSB0"))
    return made


async def test_a_radio_that_never_comes_up_is_given_up_and_let_go() -> None:
    clock = VirtualClock()
    application = stubborn()
    starting = asyncio.ensure_future(start_application(application, "ezsp", clock))

    await clock.advance(LONGEST_START)

    with pytest.raises(ConfigError, match="/dev/ttyUSB0: the ezsp radio did not start"):
        await starting
    assert type(application).shut_down == 1


MEANINGS = [
    pytest.param(PermissionError(13, "denied"), "no permission to open it", id="permission"),
    pytest.param(OSError(16, "busy"), "in use by another program", id="busy"),
    pytest.param(OSError(5, "Input/output error"), "cannot be opened: Input/output", id="other"),
    pytest.param(ConnectionResetError(), "the connection broke", id="reset"),
    pytest.param(TimeoutError(), "does not answer as a radio of type ezsp", id="silence"),
]


@pytest.mark.parametrize(("failure", "meaning"), MEANINGS)
async def test_errors_of_the_system_have_a_meaning(failure: Exception, meaning: str) -> None:
    with pytest.raises(ConfigError, match=meaning):
        await start_application(stubborn(failure), "ezsp", VirtualClock())


async def test_a_radio_without_a_network_is_no_wrong_configuration() -> None:
    failure = FormationFailure("no free channel")

    with pytest.raises(NotJoinedError, match="has no network: no free channel"):
        await start_application(stubborn(failure), "ezsp", VirtualClock())


@pytest.mark.parametrize("name", ["bellows.uart", "zigpy_znp", "serialx", "zigpy.backups"])
def test_no_level_that_is_given_to_a_logger_lets_a_library_tell_keys(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, name)

    keep_keys_out_of_logs()

    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    assert logging.getLogger(name).isEnabledFor(logging.INFO)
