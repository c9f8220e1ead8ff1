"""Kill, hang and reset a bridge's stick under load, again and again, and count what is lost.

Run as `script/radio_endurance`; `--help` tells its options. docs/hardware.md has its figures.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterable
import contextlib
from dataclasses import dataclass, field
import json
from pathlib import Path
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from typing import Any, Final

import msgspec
from paho.mqtt.client import MQTTMessage
from typing_extensions import override
import yaml

from benchmarks.endurance import (
    BASE,
    BROKER,
    HOST,
    METER,
    PATIENCE,
    Household,
    MqttClient,
    Program,
    answers,
    unused_port,
)
from benchmarks.faulty_stick import Fault, FaultyStick
from benchmarks.plugs import Plug
from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, NotJoinedError
from sebridge.radio.ether import Ether
from sebridge.radio.radio import Incoming
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.modules.emulated import KINDS, Model
from sebridge.transports.mqtt.broker import find_mosquitto
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame

LONGEST_RETURN: Final = 10.0
"""Seconds from the return of a stick to the first report that is published."""
_LONGEST_CALM: Final = 2.0  # seconds between two faults
_LONGEST_ABSENCE: Final = 3.0  # seconds without a stick
_PLUGS: Final = 4
_BETWEEN_REQUESTS: Final = 0.1  # seconds
_WANTS_CONFIRMATION: Final = 5  # every so manieth report
_FIRST_NUMBER: Final = 1000  # above what plugs answer that are asked
_PACE: Final = 0.01  # seconds
_LOOK_AGAIN: Final = 0.05
_ATTEMPTS: Final = 200
_JOIN_TIME: Final = 254
_HOUSE: Final = (
    SimulatedDeviceOptions(kind="meter", name="Meter", eui64=Eui64.parse(METER)),
    SimulatedDeviceOptions(
        kind="display", name="Display", eui64=Eui64.parse("00:0d:6f:00:0a:00:00:03")
    ),
)


class Reporter(Plug):
    """A plug that notes which of its reports were confirmed, where it asked for that."""

    def __init__(self, ether: Ether, number: int) -> None:
        super().__init__(ether, number)
        self.confirmed: set[int] = set()
        self._ether = ether
        self._asked: dict[int, int] = {}  # number of the report, by sequence number

    async def come_in(self) -> None:
        """Join, as soon as the plug is let in: an open network may not have its key yet."""
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(NotJoinedError):
                await self.join()
                return
            await asyncio.sleep(_LOOK_AGAIN)

    async def say(self, number: int, *, confirm: bool) -> bool:
        """Report; return whether the stick took it from the air."""
        frame = self.report(number)
        if confirm:
            self._asked[number & 0xFF] = number
            frame = msgspec.structs.replace(frame, data=b"\x08" + frame.data[1:])
        try:
            await self._ether.send(frame)
        except DeliveryError:
            return False
        return True

    @override
    def received(self, frame: Incoming) -> None:
        header = Frame.parse(frame.data)
        if not header.cluster_specific and header.command_id == zcl.DEFAULT_RESPONSE:
            number = self._asked.pop(header.sequence, None)
            if number is not None and header.payload == bytes((zcl.REPORT_ATTRIBUTES, 0)):
                self.confirmed.add(number)
        else:
            super().received(frame)


class Reader(MqttClient):
    """Hears the readings of the plugs, and what the bridge says of its radio."""

    # the energy would be held back where a plug is read, which says the same each time
    _power = re.compile(rb'"power":([0-9.]+)')

    def __init__(self, port: int) -> None:
        topics = ("device/+/+/metering", "notification/message")
        filters = (f"{BASE}/{topic}" for topic in topics)
        super().__init__("endurance-readings", port, *filters, keeps_session=True)
        self.numbers: dict[int, float] = {}  # when each was published first
        self.plugs: set[str] = set()  # of which a reading was heard
        self.starts = 0  # of the radio
        self.losses: list[float] = []  # when the radio was said to be lost
        self.newest = 0

    @override
    def heard(self, message: MQTTMessage) -> None:
        now, payload = time.monotonic(), bytes(message.payload)
        if message.topic.endswith("/message"):
            if b"the radio is lost" in payload:
                self.losses.append(now)
            self.starts += b"on the ZigBee network" in payload
        elif message.topic.split("/")[3].startswith("0015bc"):
            found = self._power.search(payload)
            if found is not None:
                self.plugs.add(message.topic.split("/")[3])
                number = round(float(found[1]) * 1000)
                self.numbers.setdefault(number, now)
                self.newest = max(self.newest, number)


@dataclass
class Times:
    """Seconds that one kind of fault took, each time."""

    noticed: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)


class RadioEndurance:
    """A bridge, a broker, a stick, and the one who breaks the stick."""

    def __init__(self, directory: Path, options: argparse.Namespace) -> None:
        self._options = options
        self._chance = random.Random(options.seed)
        self._broker_port = unused_port()
        model = Model(options.radio, ezsp_version=options.ezsp_version)
        self._stick = FaultyStick(model, unused_port(), _HOUSE)
        self._plugs = [Reporter(self._stick.ether, number) for number in range(_PLUGS)]
        self._reader = Reader(self._broker_port)
        self._household = Household(
            self._broker_port, random.Random(options.seed), _BETWEEN_REQUESTS
        )
        self._times = {fault: Times() for fault in options.faults}
        self._sent = self._taken = _FIRST_NUMBER
        self._slow = 0
        self._programs(directory)

    def _programs(self, directory: Path) -> None:
        mosquitto = directory / "mosquitto.conf"
        mosquitto.write_text(
            BROKER.format(port=self._broker_port, directory=directory, autosave=30)
        )
        self._broker = Program(
            directory / "mosquitto.log", str(find_mosquitto()), "-c", str(mosquitto)
        )
        certificates = self._stick.certificates(directory / "certificates.txt")
        config = directory / "config.yaml"
        content: dict[str, Any] = {
            "mqtt": {"broker": HOST, "port": self._broker_port},
            "storage": {"path": str(directory / "sebridge.db")},
            "homeassistant": {"enabled": False},
            "radio": {"type": self._options.radio, "path": f"socket://{HOST}:{self._stick.port}"},
        }
        if certificates is not None:
            content["security"] = {"certificate_store": str(certificates)}
        config.write_text(yaml.safe_dump(content))
        self._bridge = Program(
            directory / "bridge.log",
            *(sys.executable, "-m", "sebridge", "run", "-c", str(config)),
        )

    async def run(self) -> bool:
        """Break the stick as often as it was asked for; return whether nothing was lost."""
        self._broker.start()
        await self._until(lambda: answers(self._broker_port))
        self._reader.begin()
        await self._stick.start()
        self._bridge.start()
        try:
            await self._begin()
            reporting = asyncio.create_task(self._report_all())
            await self._until(lambda: len(self._reader.plugs) == _PLUGS)
            for plug in self._plugs:
                plug.confirmed.clear()  # before its scale was known, a report was no reading
            for number in range(self._options.count):
                for fault in self._options.faults:
                    await self._break(fault, number)
            await asyncio.sleep(1)
            reporting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reporting
            self._household.pause()
            await self._until(lambda: not self._household.tally.lost and not self._lost())
        finally:
            await asyncio.to_thread(self._bridge.end, signal.SIGTERM)
            self._household.pause()
            self._household.leave()
            self._reader.leave()
            self._broker.end(signal.SIGTERM)
            for plug in self._plugs:
                await plug.radio.stop()
            await self._stick.stop()
        return self._tell()

    # ------------------------------------------------------------------ the story

    async def _begin(self) -> None:
        """Have all devices in the network, and set up."""
        network = self._stick.ether
        await self._until(lambda: self._reader.starts)
        self._household.begin()
        self._call("enable_joining", {"join_time": _JOIN_TIME})
        await self._until(
            lambda: (
                network.network is not None
                and network.network.open_until > network.clock.monotonic()
            )
        )
        for plug in self._plugs:
            await plug.come_in()
        await self._until(lambda: all(plug.is_set_up for plug in self._plugs))
        for device, code in self._stick.codes.items():
            body = {"device_address": str(device), "installation_code": code}
            self._call("add_device", body | {"join_time": _JOIN_TIME})
        await self._until(lambda: self._stick.is_full)

    def _call(self, method: str, body: Any) -> None:
        self._household.client.publish(f"{BASE}/rpc/request/{method}", json.dumps(body), 1)

    async def _report_all(self) -> None:
        """Let the plugs report in turn, at the rate, for ever."""
        begin = time.monotonic()
        while True:
            await asyncio.sleep(_PACE)
            due = _FIRST_NUMBER + int((time.monotonic() - begin) * self._options.rate)
            while self._sent < due:
                self._sent += 1
                plug = self._plugs[self._sent % _PLUGS]
                confirm = self._sent % _WANTS_CONFIRMATION == 0
                self._taken += await plug.say(self._sent, confirm=confirm)

    async def _break(self, fault: Fault, number: int) -> None:
        await asyncio.sleep(self._chance.uniform(0.2, _LONGEST_CALM))
        self._bridge.check()
        losses, times = len(self._reader.losses), self._times[fault]
        began = time.monotonic()
        await self._stick.fail(fault)
        await self._until(lambda: len(self._reader.losses) > losses)
        times.noticed.append(self._reader.losses[losses] - began)
        if fault is Fault.KILL:
            await asyncio.sleep(self._chance.uniform(0.0, _LONGEST_ABSENCE))
            await self._stick.plug_in()
        there, newest = time.monotonic(), self._sent
        is_back = await self._until(lambda: self._reader.newest > newest)
        took = time.monotonic() - there
        times.returned.append(took)
        if not is_back or took > LONGEST_RETURN:
            self._slow += 1
            print(f"{fault} {number + 1}: back after {took:.1f} s", flush=True)

    async def _until(self, condition: Callable[[], object]) -> bool:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_LOOK_AGAIN)
        return True

    # ------------------------------------------------------------------ figures

    def _confirmed(self) -> set[int]:
        return set[int]().union(*(plug.confirmed for plug in self._plugs))

    def _lost(self) -> set[int]:
        return self._confirmed() - self._reader.numbers.keys()

    def _tell(self) -> bool:
        tally = self._household.tally
        asked = tally.asked.values()
        print(f"radio:                    {self._options.radio}")
        for fault, times in self._times.items():
            print(f"{fault}:".ljust(26) + f"{len(times.returned)}")
            print("  noticed after:".ljust(26) + _spread(times.noticed))
            print("  back after:".ljust(26) + _spread(times.returned))
        print(f"reports sent:             {self._sent - _FIRST_NUMBER}")
        print(f"taken by the stick:       {self._taken - _FIRST_NUMBER}")
        print(f"published:                {len(self._reader.numbers)}")
        print(f"confirmed by the bridge:  {len(self._confirmed())}")
        print(f"confirmed and lost:       {len(self._lost())}")
        print(f"requests acknowledged:    {sum(one.acknowledged for one in asked)}")
        print(f"requests answered:        {sum(bool(one.answers) for one in asked)}")
        print(f"of these, by an error:    {tally.errors}")
        print(f"acknowledged and lost:    {len(tally.lost)}")
        print(f"back too late:            {self._slow}")
        return not (self._lost() or tally.lost or self._slow)


def _spread(seconds: Iterable[float]) -> str:
    values = sorted(seconds)
    return f"{statistics.median(values):.1f} s in the median, {values[-1]:.1f} s at most"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/radio_endurance",
        description="Kill, hang and reset the stick of a bridge under load, and count what is lost."
        " Ends with status 1 where a report that the bridge confirmed is never published, a request"
        f" is never answered, or the bridge is not back {LONGEST_RETURN:g} s after its stick.",
    )
    parser.add_argument("--radio", choices=KINDS, required=True, help="the kind of stick")
    parser.add_argument(
        "--ezsp-version", type=int, default=13, help="of an ezsp stick (default: 13)"
    )
    parser.add_argument(
        "--faults",
        type=lambda words: [Fault(word) for word in words.split(",")],
        default=list(Fault),
        help="which, in turn (default: kill,hang,reset)",
    )
    parser.add_argument("--count", type=int, default=20, help="of each (default: 20)")
    parser.add_argument("--rate", type=float, default=100, help="reports a second (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (default: 1)")
    parser.add_argument("--directory", type=Path, help="for database and logs, which stay there")
    options = parser.parse_args()
    if options.directory is not None:
        options.directory.mkdir(parents=True, exist_ok=True)
        return 0 if asyncio.run(RadioEndurance(options.directory, options).run()) else 1
    with tempfile.TemporaryDirectory() as directory:
        return 0 if asyncio.run(RadioEndurance(Path(directory), options).run()) else 1


if __name__ == "__main__":
    sys.exit(main())
