"""What code of the user stands on, put together."""

import logging

import pytest

from sebridge.modules.signals import Notice
from tests.api.home import Home


async def test_a_notice_of_a_cluster_becomes_a_notification(alone: Home) -> None:
    alone.bus.send(Notice("valve_turned", {"open": True}))

    assert alone.notifications("valve_turned") == [{"open": True}]
    assert alone.said[-1].time == alone.clock.utc()


async def test_a_notice_that_cannot_be_told_is_logged(
    alone: Home, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(alone.said)

    with caplog.at_level(logging.WARNING):
        alone.bus.send(Notice("valve/turned"))

    assert "a notice of a module is not told" in caplog.text
    assert len(alone.said) == before


async def test_without_a_directory_there_are_no_modules_but_endpoints(alone: Home) -> None:
    refused = await alone.refused("add_module", module_name="garden")

    added = await alone.call("add_endpoint", endpoint_class="Endpoint", profile_id=0x0104)

    assert "modules.directory is not configured" in refused.message
    assert added == {"endpoint_class": "Endpoint", "endpoint_id": 2, "profile_id": 0x0104}
