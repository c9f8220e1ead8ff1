"""Building and undoing the whole; tests/integration/test_bridge.py has it at work."""

import asyncio
from pathlib import Path

import pytest

from sebridge.app.process import Process
from sebridge.base.errors import SebridgeError
from sebridge.crypto.suite import SUITE_1
from sebridge.rpc.message import Request
from sebridge.settings.broker_address import EMBEDDED, BrokerAddress
from sebridge.settings.options import MqttOptions, Options, RadioOptions, StorageOptions
from sebridge.settings.simulator_options import SimulatorOptions
from tests.integration.brokers import answers
from tests.patience import PATIENCE
from tests.ports import unused_port


def options(directory: Path, **more: object) -> Options:
    return Options(storage=StorageOptions(path=directory / "sebridge.db"), **more)  # type: ignore[arg-type]  # the sections are given by name


async def test_without_a_broker_the_bridge_runs_and_stops(tmp_path: Path) -> None:
    mqtt = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
    process = Process(options(tmp_path, mqtt=mqtt))

    await process.start()

    assert process.gateway.radio.network.joined
    assert process.bridge.house is not None
    assert not process.link.connected
    await process.stop()


async def test_a_start_that_fails_is_undone_and_may_be_tried_again(tmp_path: Path) -> None:
    mqtt = MqttOptions(broker=EMBEDDED, port=unused_port())
    radio = RadioOptions(type="ezsp", path=str(tmp_path / "no-such-stick"))

    for _ in range(2):
        process = Process(options(tmp_path, mqtt=mqtt, radio=radio))
        with pytest.raises(SebridgeError, match="no-such-stick"):
            await process.start()

        assert mqtt.port is not None
        assert not answers(mqtt.port)


async def test_with_the_embedded_broker_its_address_is_told(tmp_path: Path) -> None:
    port = unused_port()
    process = Process(options(tmp_path, mqtt=MqttOptions(broker=EMBEDDED, port=port)))

    await process.start()

    assert str(process.mqtt.address) == f"mqtt://127.0.0.1:{port}"
    assert answers(port)
    await process.stop()
    assert not answers(port)


async def test_the_database_is_not_opened_twice(tmp_path: Path) -> None:
    process = Process(
        options(
            tmp_path, mqtt=MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
        )
    )
    await process.start()
    await process.stop()

    await process.stop()


async def test_the_simulated_house_has_the_suites_that_were_chosen(tmp_path: Path) -> None:
    mqtt = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
    found = []

    for suites in ((1,), (1, 2)):
        process = Process(options(tmp_path, mqtt=mqtt, simulator=SimulatorOptions(suites=suites)))
        await process.start()
        shown = process.gateway.security.clusters.server.attributes.read(0).value
        assert process.house_security is not None
        own = process.house_security.certificates.of(process.gateway.radio.network.address)
        found.append((shown, own.suites, own.find(SUITE_1).certificate.octets))
        await process.stop()

    assert [(shown, suites) for shown, suites, _ in found] == [(1, 1), (3, 3)]
    assert found[0][2] == found[1][2]


async def test_exit_ends_it_after_its_answer(tmp_path: Path) -> None:
    process = Process(
        options(
            tmp_path, mqtt=MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
        )
    )
    await process.start()

    response = await process.gateway.dispatcher.answer(Request("exit"))
    at_once = process.ended.is_set()
    await asyncio.wait_for(process.ended.wait(), PATIENCE)

    assert (response.error, at_once) == (None, False)
    await process.stop()


async def test_a_copy_of_the_database_is_written_beside_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mqtt = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
    process, copy = Process(options(tmp_path, mqtt=mqtt)), tmp_path / "sebridge.db.copy"

    process.copy_database()  # nothing is open yet
    await process.start()
    with caplog.at_level("INFO"):
        process.copy_database()
        process.copy_database()  # while one is written
        await process.stop()

    assert [record.message for record in caplog.records if "copied" in record.message] == [
        f"the database was copied to {copy}"
    ]
    again = Process(Options(mqtt=mqtt, storage=StorageOptions(path=copy)))
    await again.start()
    await again.stop()


async def test_a_copy_that_the_disk_refuses_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mqtt = MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=unused_port())
    process = Process(options(tmp_path, mqtt=mqtt))
    (tmp_path / "sebridge.db.copy").mkdir()

    await process.start()
    process.copy_database()
    await process.stop()

    assert "sebridge.db cannot be copied" in caplog.text
