"""What callers who take too much cost the bridge, and those beside them. See docs/security.md.

python -m benchmarks.limits {help,batches,http} ... [--seconds 20]
"""

import argparse
import asyncio
from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path
import socket
import tempfile
import threading
import time
from typing import Final

from aiohttp import ClientError, ClientSession, TCPConnector

from benchmarks.answerers import Answerer, bridge
from benchmarks.callers import Call, OverMqtt, over_mqtt
from benchmarks.reports import broker
from sebridge.zcl.identifiers import BASIC

_CAPACITY: Final = 250  # responses kept
_ROOT: Final = "sebridge/home"
_DOCUMENTS: Final = f"{_ROOT}/rci/request"
_METHODS: Final = f"{_ROOT}/rpc/request"
_HELPS: Final = 4_900
_BATCHES: Final = 200
_READS: Final = 200  # in a batch
_SILENT: Final = 10
_PIPELINING: Final = 100
_DEVICE: Final = "00:0d:6f:00:0a:0b:0c:0d"  # never in the network, so that reading it is slow
_ADD: Final = json.dumps({"device_address": _DEVICE, "link_key": "0" * 32}).encode()
_ELSEWHERE: Final = "127.0.0.2"
_KNOCKS: Final = 100
_QUESTION: Final = b"GET /openrpc.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
_TIME: Final = Call(f"{_METHODS}/get_time", b"{}", b"UTC_2000")


@dataclass(frozen=True, slots=True)
class Ran:
    """A bridge that runs, and a way to it."""

    bridge: Answerer
    mqtt: OverMqtt
    broker: int


@contextlib.contextmanager
def running() -> Iterator[Ran]:
    """Run the bridge as installed, behind a broker."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(broker(directory))
        one = stack.enter_context(bridge(port, _CAPACITY, directory))
        yield Ran(one, stack.enter_context(over_mqtt(port)), port)


def memory(pid: int, what: str) -> float:
    """Return a figure of /proc/PID/status in MiB: VmRSS is the memory now, VmHWM the most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(what)


def many_helps(_seconds: float) -> None:
    """Send one document with thousands of `help`."""
    calls = '<help synchronous="TRUE"><methods/></help>' * _HELPS
    document = (
        f'<rci_request><do_command target="RPC_request">{calls}</do_command></rci_request>'
    ).encode()
    with running() as ran:
        ran.mqtt.run(_TIME, 1, 0.0)
        before, begun = memory(ran.bridge.pid, "VmRSS"), time.perf_counter()
        others: list[float] = []
        stop = threading.Event()
        asking = threading.Thread(target=_ask, args=(ran.broker, others, stop))
        asking.start()
        try:
            ran.mqtt.run(Call(_DOCUMENTS, document, b"not carried out, nor are the"), 1, 0.0)
        finally:
            stop.set()
            asking.join()
        taken = time.perf_counter() - begun
        most = memory(ran.bridge.pid, "VmHWM")
    print(f"{_HELPS:,} help in one document of {len(document) / 1024:.0f} KiB")
    print(f"  ended in an error after {taken:.1f} s")
    print(f"  memory: {before:.0f} MiB before, {most:.0f} MiB at most")
    print(f"  others waited {max(others):.2f} s at most")


def slow_batches(seconds: float) -> None:
    """Send many batches of slow reads, and ask beside them for so long."""
    params = {
        "destination_address": _DEVICE,
        "source_endpoint_id": 0x5E,
        "destination_endpoint_id": 1,
        "cluster_id": BASIC,
        "server_or_client": 0,
        "record_list": [{"attribute_id": 0}],
    }
    read = {"jsonrpc": "2.0", "method": "read_attributes", "params": params}
    batch = json.dumps([read | {"id": number} for number in range(_READS)]).encode()
    with running() as ran:
        ran.mqtt.run(Call(f"{_METHODS}/add_device", _ADD, b"status"), 1, 0.0)
        others: list[float] = []
        stop = threading.Event()
        asking = threading.Thread(target=_ask, args=(ran.broker, others, stop))
        asking.start()
        ran.mqtt.send(Call(_METHODS, batch, b"error"), _BATCHES)
        answers = ran.mqtt.answers_within(seconds)
        stop.set()
        asking.join()
        most = memory(ran.bridge.pid, "VmHWM")
    print(f"{_BATCHES} batches of {_READS} slow reads")
    print(f"  {sum(b'busy' in answer for answer in answers)} were told that the bridge is busy")
    print(f"  others asked {len(others)} times and waited {max(others):.2f} s at most")
    print(f"  memory: {most:.0f} MiB at most")


def _ask(port: int, waited: list[float], stop: threading.Event) -> None:
    with over_mqtt(port, "bare/other") as other:
        while not stop.is_set():
            waited += other.run(_TIME, 1, 0.0)
            time.sleep(0.05)


def silent_clients(seconds: float) -> None:
    """Open connections that say nothing, and others that ask and never read; ask beside them."""
    with running() as ran, contextlib.ExitStack() as stack:
        for number in range(_SILENT + _PIPELINING):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.connect(("127.0.0.1", ran.bridge.port))
            if number >= _SILENT:
                with contextlib.suppress(ConnectionError):  # one too many
                    client.sendall(_QUESTION * 20)
        other = asyncio.run(_knock(ran.bridge.port, _ELSEWHERE, seconds))
        same = asyncio.run(_knock(ran.bridge.port, "127.0.0.1", seconds))
        most = memory(ran.bridge.pid, "VmHWM")
    print(f"{_SILENT} silent HTTP clients and {_PIPELINING} that never read, of one address")
    print(f"  the same address: {_told(same)}")
    print(f"  another address: {_told(other)}")
    print(f"  memory: {most:.0f} MiB at most")


def _told(waited: list[float]) -> str:
    if not waited:
        return "no room until they are cut off"
    return f"{len(waited)} answers, {max(waited) * 1e3:.0f} ms at most"


async def _knock(port: int, address: str, seconds: float) -> list[float]:
    waited: list[float] = []
    end = time.perf_counter() + seconds
    connector = TCPConnector(local_addr=(address, 0), force_close=True)
    async with ClientSession(f"http://127.0.0.1:{port}", connector=connector) as session:
        while len(waited) < _KNOCKS and (begun := time.perf_counter()) < end:
            with contextlib.suppress(OSError, ClientError):  # no room
                async with session.get("/healthz") as answer:
                    await answer.read()
                waited.append(time.perf_counter() - begun)
    return waited


_MEASURED: Final = {"help": many_helps, "batches": slow_batches, "http": silent_clients}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=_MEASURED, nargs="+")
    parser.add_argument("--seconds", type=float, default=20.0, help="to ask beside them")
    arguments = parser.parse_args()
    for what in arguments.what:
        _MEASURED[what](arguments.seconds)


if __name__ == "__main__":
    main()
