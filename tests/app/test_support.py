"""What people need who look after a bridge, asked by RPC: nothing in it is secret."""

import base64
from collections.abc import AsyncIterator
from dataclasses import fields
import io
import json
import logging
from pathlib import Path
from random import Random
from typing import Any
import zipfile

import pytest

from sebridge.api.report import MakeReportResponse
from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import OURSELVES, Caller, Request, Scope
from sebridge.settings.config import read
from sebridge.transports.web.tokens import hash_of, new_token
from tests.api.home import Collections, Home, house_security, proofs_of
from tests.key_search import SEARCH
from tests.ports import unused_port

HASH = hash_of(new_token()).reveal().hex()
CONFIGURATION = f"""
gateway: {{message_pin: 481516234}}
radio: {{record_frames: true, link_key: {Random(1).randbytes(16).hex()}}}
mqtt: {{broker: "mqtt://anna:hunter22222@broker.example"}}
rpc: {{push: {{url: "https://files.example", username: anna, password: "tropical storm"}}}}
http: {{port: PORT, tokens: [{{name: dashboard, scope: command, hash: {HASH}}}]}}
simulator:
  devices:
    - {{kind: meter, name: Main meter, eui64: 00:0d:6f:00:0a:00:00:01}}
    - kind: display
      name: Display
      eui64: 00:0d:6f:00:0a:00:00:03
      installation_code: 83FED3407A939723A5C639B26916D505C3B5
"""
OPERATOR = Caller("http", Scope.COMMAND, "dashboard")


@pytest.fixture
def home(clock: VirtualClock) -> Home:
    """Return a home with keys of every kind, which is not started."""
    text = CONFIGURATION.replace("PORT", str(unused_port()))
    options = read(text, Path("/etc/sebridge"), {})
    given = {field.name: getattr(options, field.name) for field in fields(options)}
    collections = Collections()
    security = house_security(collections)
    return Home(clock, (), collections, house=security, proofs=proofs_of(security), **given)


@pytest.fixture
async def running(home: Home) -> AsyncIterator[Home]:
    """Return that home when its meter has joined and established a key, all of it recorded."""
    await home.start()
    await home.clock.advance(20)
    yield home
    await home.stop()


async def report(home: Home, caller: Caller, **params: Any) -> dict[str, str]:
    """Return the files of a report, in which all keys are searched for."""
    request = Request("make_report", params)
    answer = await home.gateway.dispatcher.answer(request, caller)
    assert isinstance(answer.result, MakeReportResponse), answer.error
    assert answer.result.file_name == "home-report-20110313-070730.zip"
    with zipfile.ZipFile(io.BytesIO(answer.result.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, octets in parts.items():
        SEARCH.told(f"{name} of the report", octets)
    return {name: octets.decode() for name, octets in parts.items()}


async def test_a_report_has_everything_and_no_key(running: Home) -> None:
    logging.getLogger("sebridge.test").warning("the meter is late")

    parts = await report(running, OURSELVES)

    assert list(parts) == [
        *("about.txt", "health.json", "info.json", "versions.json", "registry.json"),
        *("calls.json", "log.txt", "configuration.json", "frames.json"),
    ]
    assert "warning sebridge.test: the meter is late" in parts["log.txt"]
    assert json.loads(parts["health.json"])["devices"]["known"] >= 1
    assert {frame["direction"] for frame in json.loads(parts["frames.json"])} == {"in", "out"}
    assert json.loads(parts["info.json"])["network"]["joined"]
    assert json.loads(parts["registry.json"])["NTP_client.server2"] == "pool.ntp.org"
    options = {one["key"]: one["value"] for one in json.loads(parts["configuration.json"])}
    assert options["http.tokens[0].hash"] == options["radio.link_key"] == "********"
    assert options["mqtt.broker"] == "mqtt://broker.example"


def test_the_search_would_find_a_key(home: Home) -> None:
    octets = bytes.fromhex(HASH)
    SEARCH.told("a report", base64.b64encode(octets))

    found = [place for _, place, _ in SEARCH.found()]
    SEARCH.begin()

    assert "a report" in found


async def test_only_who_may_see_configuration_and_frames_gets_them_with_the_report(
    running: Home,
) -> None:
    parts = await report(running, OPERATOR)

    assert not {"configuration.json", "frames.json"} & parts.keys()


@pytest.mark.parametrize("minutes", [0, 61])
async def test_a_report_is_of_some_minutes(home: Home, minutes: int) -> None:
    error = await home.refused("make_report", minutes=minutes)

    assert error.message == f"minutes: {minutes} is not in 1..60"


async def test_the_configuration_is_told_key_by_key(home: Home) -> None:
    answer = await home.call("get_configuration")

    options = {one["key"]: one for one in answer["options"]}
    assert options["gateway.message_pin"]["value"] == "********"
    assert options["gateway.name"] == {
        "key": "gateway.name",
        "value": "home",
        "is_default": True,
        "words": "a-z 0-9 _ -; part of every topic, so two gateways on a broker need two names",
    }


async def test_tokens_are_names_and_scopes(home: Home) -> None:
    assert await home.call("list_tokens") == {"tokens": [{"name": "dashboard", "scope": "command"}]}


async def test_without_an_http_server_there_are_no_tokens(clock: VirtualClock) -> None:
    assert await Home(clock, ()).call("list_tokens") == {"tokens": []}


async def test_certificates_are_told_without_their_keys(running: Home) -> None:
    [one] = (await running.call("list_certificates"))["certificates"]

    assert (one["purpose"], one["suite"]) == ("security.certificate_store", 1)
    assert len(one["fingerprint"]) == 64


@pytest.mark.parametrize(
    "passphrase", [None, 12345678, "short", "x" * 257, "two lines\nof it", ["correct horse"]]
)
async def test_a_backup_needs_a_passphrase_which_no_error_repeats(
    home: Home, passphrase: object
) -> None:
    error = await home.refused("make_backup", passphrase=passphrase)

    assert error.message == "passphrase: must be text of 8 to 256 characters in one line"


async def test_a_simulated_radio_has_nothing_to_keep(home: Home) -> None:
    error = await home.refused("make_backup", passphrase="correct horse")

    assert error.message == "a simulated radio has no network of its own to keep"
