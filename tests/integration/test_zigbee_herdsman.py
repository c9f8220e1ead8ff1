"""zigbee-herdsman, by which zigbee2mqtt speaks to its stick, on the emulated ones."""

import json
from pathlib import Path

import pytest

from sebridge.base.addresses import Eui64
from tests.integration.strangers import stick_for_strangers, told_by
from tests.node_program import PACKAGES, node_path

_PROGRAM = Path(__file__).with_name("herdsman_reads_meter.js")
_PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:02")


@pytest.mark.tells_keys("the file coordinator_backup.json")
@pytest.mark.parametrize(("module", "adapter"), [("ezsp 13", "ember"), ("znp", "zstack")])
async def test_a_meter_of_home_automation_joins_and_is_read(
    module: str, adapter: str, tmp_path: Path
) -> None:
    async with stick_for_strangers(module, tmp_path, Plug=("sub_meter", _PLUG)) as port:
        said = await told_by(
            *(node_path(), _PROGRAM, adapter, str(port), tmp_path), NODE_PATH=str(PACKAGES)
        )

    told = json.loads(said)
    assert told["address"] == f"0x{int(_PLUG):016x}"
    assert told["model"].startswith("HA plug")
    assert told["currentSummDelivered"] > 0
    assert (told["multiplier"], told["divisor"]) == (1, 100)
