"""`sebridge backfill` as a person types it, over a real broker, of a bridge that runs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import subprocess
import time

from sebridge.homeassistant.backfill import HOUR, SETTLED_AFTER
from tests.cli.runner import program
from tests.homeassistant_websocket import StandIn
from tests.integration.bridges import METER, ROOT, Program, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import eventually

METER_MAC = "00:0d:6f:00:0a:00:00:01"
Ended = subprocess.CompletedProcess[str]
ENTITY = "sensor.meter_energy_in"


def test_the_hours_since_the_last_one_are_filled(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path
) -> None:
    house = {"devices": [{"kind": "meter", "name": "Meter", "eui64": METER_MAC}]}
    bridge = Program(configuration(tmp_path, {"port": mosquitto.port}, simulator=house))
    bridge.start()
    listener = listening(mosquitto.port, f"{ROOT}/#")
    eventually(lambda: f"{ROOT}/device/{METER}/9/metering" in listener.topics())
    there = StandIn("let-me-in", {f"sebridge_home_{METER}_9_energy_in": ENTITY})
    last = int(time.time() - SETTLED_AFTER) // HOUR * HOUR - 4 * HOUR
    there.rows[ENTITY][last] = (4700.0, 12.0)

    shown = asyncio.run(_fill(there, mosquitto.port))
    unknown = asyncio.run(_fill(there, mosquitto.port, meter="00:0d:6f:00:0a:00:00:77"))
    bridge.kill()

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[-1].endswith(" hours were written, and read again")
    rows = there.rows[ENTITY]
    assert len(rows) in {4, 5}  # one more is over where the time has come for it meanwhile
    assert sorted(rows) == [last + n * HOUR for n in range(len(rows))]
    assert all(rows[h][1] > rows[h - HOUR][1] for h in sorted(rows)[1:])
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "is not known to the gateway" in unknown.stderr


async def _fill(there: StandIn, port: int, meter: str = METER_MAC) -> Ended:
    async with there.serving():
        return await asyncio.to_thread(
            program,
            *("backfill", meter, "--broker", f"127.0.0.1:{port}", "--homeassistant", there.url),
            SEBRIDGE_HOMEASSISTANT_TOKEN="let-me-in",
        )
