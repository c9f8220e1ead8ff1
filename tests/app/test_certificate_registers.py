"""Our certificate by AT commands: installed, shown and taken back, on every radio."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sebridge.app.certificate_registers import CertificateRegisters
from sebridge.app.certificate_store import install, load_store
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, Suite
from sebridge.radio.ether_application import COORDINATOR
from sebridge.settings.options import SecurityOptions
from tests.api.home import Home


def certificate(suite: Suite = SUITE_1, seed: int = 5) -> Credentials:
    return new_authority(suite, Random(seed)).issue(COORDINATOR, Random(seed))


def steps(found: Credentials) -> dict[str, str]:
    """Return what an old head-end sends, in its order."""
    return {
        "ZU": found.authority_key.hex(),
        "ZT": found.certificate.octets.hex(),
        "ZV": found.private_key.reveal().hex(),
    }


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "certificates.txt"


def is_empty(store: Path) -> bool:
    return not store.exists()


@pytest.fixture
def spoilt(store: Path) -> Path:
    store.write_text("no certificate")
    store.chmod(0o600)
    return store


@pytest.fixture
async def home(clock: VirtualClock, store: Path) -> AsyncIterator[Home]:
    home = Home(clock, (), security=SecurityOptions(certificate_store=store))
    await home.start()
    yield home
    await home.stop()


async def put(home: Home, found: Credentials, *, written: bool = True) -> None:
    for command, value in steps(found).items():
        answer = await home.call("xbee_AT", command=command, value=value)
        assert ("value" in answer) is (command != "ZV")
    if written:
        assert await home.call("xbee_AT", command="WR") == {"command": "WR"}


@pytest.mark.parametrize("suite", [SUITE_1, SUITE_2], ids=["1", "2"])
async def test_a_certificate_is_installed_and_shown_without_its_private_key(
    home: Home, store: Path, suite: Suite
) -> None:
    await put(home, certificate(suite))

    shown = {
        command: (await home.call("xbee_AT", command=command)).get("value")
        for command in ("ZU", "ZT", "ZV")
    }
    assert load_store(store).find(suite) == certificate(suite)
    assert shown == steps(certificate(suite)) | {"ZV": None}


async def test_what_is_not_written_yet_is_neither_there_nor_shown(home: Home, store: Path) -> None:
    await put(home, certificate(), written=False)

    shown = await home.call("xbee_AT", command="ZT")

    assert is_empty(store)
    assert shown == {"command": "ZT"}


@pytest.mark.parametrize("nothing", [0, "0x0", "00"])
async def test_three_times_nothing_goes_back(home: Home, store: Path, nothing: Any) -> None:
    install(store, certificate(seed=1))
    await put(home, certificate(seed=2))

    for command in ("ZU", "ZT", "ZV"):
        await home.call("xbee_AT", command=command, value=nothing)
    await home.call("xbee_AT", command="WR")

    assert load_store(store).find(SUITE_1) == certificate(seed=1)


async def test_after_the_first_certificate_nothing_goes_back_to_none(
    home: Home, store: Path
) -> None:
    await put(home, certificate())
    for command in ("ZU", "ZT", "ZV"):
        await home.call("xbee_AT", command=command, value=0)

    await home.call("xbee_AT", command="WR")

    assert is_empty(store)


def _another_key(given: dict[str, str]) -> None:
    given["ZV"] = steps(certificate(seed=9))["ZV"]


def _cut(given: dict[str, str]) -> None:
    given["ZT"] = given["ZT"][:-2]


def _only_one_is_nothing(given: dict[str, str]) -> None:
    given["ZU"] = "00"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_another_key, "does not belong"),
        (_cut, "47 octets instead of 48"),
        (_only_one_is_nothing, "ZU, ZT and ZV"),
    ],
)
async def test_what_is_no_certificate_is_refused_and_the_store_stays(
    home: Home, store: Path, spoil: Callable[[dict[str, str]], None], words: str
) -> None:
    given = steps(certificate())
    spoil(given)
    for command, value in given.items():
        await home.call("xbee_AT", command=command, value=value)

    refused = await home.refused("xbee_AT", command="WR")

    assert refused.reason is ParameterError.reason
    assert words in refused.message
    assert given["ZV"] not in str(refused)
    assert is_empty(store)


async def test_a_certificate_of_another_gateway_is_refused(home: Home, store: Path) -> None:
    other = new_authority(SUITE_1, Random(5)).issue(Eui64(COORDINATOR + 1), Random(5))
    await put(home, other, written=False)

    refused = await home.refused("xbee_AT", command="WR")

    assert "is for" in refused.message
    assert is_empty(store)


async def test_wr_says_what_is_missing(home: Home) -> None:
    await home.call("xbee_AT", command="ZT", value=steps(certificate())["ZT"])

    refused = await home.refused("xbee_AT", command="WR")

    assert "ZU, ZV" in refused.message


async def test_other_registers_need_an_xbee(home: Home) -> None:
    refused = await home.refused("xbee_AT", command="ID")

    assert refused.reason is RefusedError.reason
    assert "xbee" in refused.message


async def test_without_a_store_there_is_nowhere_to_put_it(clock: VirtualClock) -> None:
    home = Home(clock, ())
    await home.start()

    refused = await home.refused("xbee_AT", command="ZU", value="0200")
    await home.stop()

    assert "security.certificate_store" in refused.message


async def test_a_store_that_is_spoilt_is_said_to_be_so(home: Home, spoilt: Path) -> None:
    shown = await home.refused("xbee_AT", command="ZU")
    await put(home, certificate(), written=False)
    written = await home.refused("xbee_AT", command="WR")

    assert str(spoilt) in shown.message
    assert str(spoilt) in written.message


class Module:
    """An XBee, which keeps its certificate itself."""

    def __init__(self) -> None:
        self.network = self
        self.kind = "xbee"
        self.asked: list[tuple[str, int | bytes | None]] = []

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        self.asked.append((command, value))
        return 1


async def test_an_xbee_keeps_them_itself(store: Path) -> None:
    module: Any = Module()
    registers = CertificateRegisters(module, store, lambda: COORDINATOR)

    answers = [await registers.at_command(command, b"\2") for command in ("ZU", "WR", "ID")]

    assert answers == [1, 1, 1]
    assert module.asked == [("ZU", b"\2"), ("WR", b"\2"), ("ID", b"\2")]
    assert is_empty(store)
