"""What a start costs with a full database, and the memory of an idle bridge.

python -m benchmarks.start [--prices 10000] [--devices 2000] [--runs 3]

A bridge of the simulated air keeps so many prices and knows so many devices; then it is started and
stopped again as a program of its own. CPU is user and system time of that whole process, from its
first instruction to its end; of several runs the median is printed. Memory is the resident memory
of `sebridge run` with an empty house, ten seconds after it was ready.
"""

import argparse
import asyncio
import os
from pathlib import Path
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Final

from benchmarks.reports import broker
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.network.descriptors import Node_Desc_rsp, Power_Desc_rsp, Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from sebridge.settings.config import load
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT

CONFIGURATION: Final = """\
radio:
  type: simulated
mqtt:
  broker: 127.0.0.1
  port: {port}
storage:
  path: sebridge.db
"""
_FIRST: Final = 0x000D6F0001000000
_A_QUARTER: Final = 15  # minutes
_DEVICE_TYPES: Final = 0x0500
_IDLE: Final = 10.0  # seconds


async def fill(configuration: Path, prices: int, devices: int) -> None:
    """Keep so many prices, and know so many devices."""
    bridge = Process(load(configuration, dict(os.environ)))
    await bridge.start()
    now = bridge.gateway.time.now()
    server = bridge.gateway.endpoints[SE_ENDPOINT].cluster(PRICE, server=True)
    assert isinstance(server, PriceServer)
    for number in range(prices):
        record = PublishPriceRecord(
            issuer_event_id=number,
            start_time=now + 3600 + number * _A_QUARTER * 60,
            duration_in_minutes=_A_QUARTER,
            price=10 + number % 30,
            rate_label="quarter",
        )
        server.add(record, now)
    for number in range(devices):
        bridge.gateway.directory.put(known(number))
    await bridge.stop()


def known(number: int) -> KnownDevice:
    """Return a device that told everything of itself."""
    eui64 = Eui64(_FIRST + number)
    nwk = 0x0100 + number
    endpoint = Simple_Desc_rsp(
        status=0,
        nwk_addr=nwk,
        endpoint_id=9,
        profile_id=0x0109,
        device_id=_DEVICE_TYPES + number % 4,
        device_version=0,
        input_clusters=(0x0000, 0x0003, 0x0702, 0x0800),
        output_clusters=(0x000A, 0x0700, 0x0701, 0x0703, 0x0800),
    )
    return KnownDevice(
        eui64=eui64,
        nwk=nwk,
        manufacturer="maker",
        model="model",
        active_endpoints=(9,),
        node_descriptor=Node_Desc_rsp(
            status=0, nwk_addr=nwk, logical_type=1, mac_capability_flags=0x8E
        ),
        power_descriptor=Power_Desc_rsp(status=0, nwk_addr=nwk, current_power_mode=0),
        simple_descriptors={9: endpoint},
    )


def one_start(configuration: Path) -> float:
    """Return the CPU seconds of a process that starts and stops at once."""
    process = started(configuration)
    process.send_signal(signal.SIGTERM)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    return usage.ru_utime + usage.ru_stime


def started(configuration: Path) -> subprocess.Popen[bytes]:
    """Return a bridge that has just told that it is ready."""
    notice = configuration.parent / "notice"
    notice.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(notice))
        process = subprocess.Popen(
            [sys.executable, "-m", "sebridge", "run", "-c", configuration.name],
            cwd=configuration.parent,
            env=os.environ | {"NOTIFY_SOCKET": str(notice), "PYTHONPATH": str(Path.cwd())},
            stderr=subprocess.DEVNULL,
        )
        while b"READY=1" not in told.recv(4096):
            pass
    return process


def idle_memory(configuration: Path) -> float:
    """Return the resident memory of an idle bridge in MiB."""
    process = started(configuration)
    time.sleep(_IDLE)
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    process.terminate()
    process.wait()
    return resident / 1024


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prices", type=int, default=10_000)
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        for folder in ("empty", "full"):
            (Path(name) / folder).mkdir()
            (Path(name) / folder / "config.yaml").write_text(CONFIGURATION.format(port=port))
        empty, full = (Path(name) / folder / "config.yaml" for folder in ("empty", "full"))
        one_start(empty)  # what is made once, such as a certificate, is there then
        print(f"resident memory of an idle bridge: {idle_memory(empty):.1f} MiB")
        asyncio.run(fill(full, arguments.prices, arguments.devices))
        for what, configuration in (("empty", empty), ("full", full)):
            seconds = statistics.median(one_start(configuration) for _ in range(arguments.runs))
            print(f"start and stop with an {what} database: {seconds:.2f} s CPU")


if __name__ == "__main__":
    main()
