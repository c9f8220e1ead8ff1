"""Radio frames: whole APS frames on the simulated air, from the household and from strangers.

An input has one frame in each line: sender, lock, profile, cluster, endpoints, octets. The sender
is one of the household by its kind, or an address of 16 hex digits with its network address behind
a colon; the lock is `link` (the sender's link key), `wrong` or `clear`; `all` in the place of `one`
is a broadcast. For example

    meter one link 0109 0702 09 5e 180c0a00002500000000ffff
"""

from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from typing_extensions import override

from sebridge.app.features import FEATURES
from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.model.plain import from_plain
from sebridge.radio.ether import AirFrame
from sebridge.radio.key_ring import Lock
from sebridge.zcl import zdo
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, ZdoCommand
from tests.fuzz.grammar import value_of
from tests.fuzz.house import DEVICES, House, house_options, housed
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must

_ALL = 0xFFFD
_COMMANDS = [
    (cluster.cluster_id, command)
    for feature in FEATURES
    for cluster in feature.clusters
    for command in cluster.commands
]
_CLUSTERS = sorted({0x0000, 0x0003, *(number for number, _ in _COMMANDS), 0x0006, 0xFC00, 0xFFFF})
_PROFILES = (0x0109, 0x0109, 0x0109, 0x0104, 0x0000, 0xFFFF, 0xC05E)
_ENDPOINTS = (0x5E, 0x5E, 0x5E, 0x01, 0x00, 0x09, 0x0A, 0xFF, 0xF1, 0xFE)
_SENDERS = ("meter", "meter", "display", "load_control", "0bad000000000001:4444", "meter:5555")
_LOCKS = ("link", "link", "clear", "wrong")
_DATA_TYPES = (
    *(0x00, 0x08, 0x10, 0x18, 0x1B, 0x20, 0x21, 0x22, 0x23, 0x25, 0x27, 0x28, 0x2B, 0x30, 0x31),
    *(0x38, 0x39, 0x3A, 0x41, 0x42, 0x43, 0x44, 0x48, 0x4C, 0x50, 0x51, 0xE0, 0xE2, 0xF0, 0xFF),
)


@dataclass(frozen=True, slots=True)
class AirLine:
    """One frame, as a line of an input tells it."""

    sender: str
    destination: str
    lock: str
    profile_id: int
    cluster_id: int
    source_endpoint: int
    endpoint: int
    data: bytes

    @classmethod
    def read(cls, line: str) -> "AirLine":
        """Read a line."""
        sender, destination, lock, *numbers, octets = line.split(" ")
        profile, cluster, source, endpoint = (int(number, 16) for number in numbers)
        data = bytes.fromhex(octets)
        return cls(sender, destination, lock, profile, cluster, source, endpoint, data)

    @override
    def __str__(self) -> str:
        return (
            f"{self.sender} {self.destination} {self.lock} {self.profile_id:04x}"
            f" {self.cluster_id:04x} {self.source_endpoint:02x} {self.endpoint:02x}"
            f" {self.data.hex()}"
        )


def read_lines(octets: bytes) -> list[AirLine]:
    """Read an input."""
    return [AirLine.read(line) for line in octets.decode().split("\n") if line]


class RadioSubject:
    """A bridge that hears frames."""

    def __init__(self, house: House, kept: dict[str, MutableMapping[Any, Any]]) -> None:
        self.keys = house.keys
        self._house = house
        self._kept = kept
        self._answered: set[int] = set()
        self._asked = 0
        house.ether.watch(self._hear)

    def _hear(self, frame: AirFrame) -> None:
        if frame.cluster_id == ZdoCommand.Node_Desc_rsp and frame.data:
            self._answered.add(frame.data[0])

    async def take(self, octets: bytes) -> None:
        """Let the air carry the frames; the bridge then still answers by MQTT and on the air."""
        for line in read_lines(octets):
            await self._send(line)
        await self._house.clock.advance(0.5)
        self._asked = (self._asked + 1) % 256
        if self._asked % 16 == 0:
            await self._house.clock.advance(minutes=2)
        await self._house.check(self._kept.values())
        self._answered.clear()
        question = zdo.encode(ZdoCommand.Node_Desc_req, self._asked, 0)
        asking = AirLine(
            "load_control", "one", "clear", 0, ZdoCommand.Node_Desc_req, 0, 0, question
        )
        await self._send(asking)
        await self._house.clock.advance(0.5)
        must(self._asked in self._answered, "a good question on the air is not answered")

    async def _send(self, line: AirLine) -> None:
        ether = self._house.ether
        name, _, claimed = line.sender.partition(":")
        known = DEVICES.get(name)
        source = Eui64(int(name, 16)) if known is None else known.eui64
        nwk = int(claimed, 16) if claimed else ether.nwk_of(source) or 0x7777
        frame = AirFrame(
            source,
            nwk,
            _ALL if line.destination == "all" else 0,
            line.profile_id,
            line.cluster_id,
            line.source_endpoint,
            line.endpoint,
            line.data,
            self._lock(line.lock, source),
        )
        if frame.broadcast:
            ether.broadcast(frame)
            return
        try:
            await ether.send(frame)
        except DeliveryError:
            return  # under a wrong key, the radio itself hears nothing

    def _lock(self, lock: str, source: Eui64) -> Lock | None:
        network = self._house.ether.network
        if lock == "clear" or network is None:
            return None
        key = network.link_keys.get(source) if lock == "link" else None
        return Lock(key or Secret(bytes(16)))


# ------------------------------------------------------------------ inputs


def _attribute_payload(random: Random, command_id: int) -> bytes:
    """Return what looks like a list of attributes, of reports, or of reporting configurations."""
    parts = [bytes((random.randrange(2),)) if command_id in {0x06, 0x09} else b""]
    for _ in range(random.choice((1, 1, 2, 30))):
        attribute = random.choice((0x0000, 0x0001, 0x0100, 0x0300, 0x0303, 0x0400, 0xFFFD, 0x4000))
        status = bytes((random.choice((0, 0, 0x86)),)) if command_id in {0x01, 0x07} else b""
        value = random.randbytes(random.choice((0, 1, 2, 4, 6, 8, 20)))
        kind = bytes((random.choice(_DATA_TYPES),))
        parts.append(attribute.to_bytes(2, "little") + status + kind + value)
    return b"".join(parts)


def _zcl(random: Random) -> tuple[int, bytes]:
    sequence = random.randrange(256)
    if random.random() < 0.4:
        command_id = random.choice((*range(0x17), 0xFF))
        payload = _attribute_payload(random, command_id)
        frame = Frame(command_id, sequence, payload, from_server=random.random() < 0.5)
        return random.choice(_CLUSTERS), frame.serialize()
    cluster_id, command = random.choice(_COMMANDS)
    try:
        record = from_plain(command.record, value_of(random, command.record))
        payload = record.serialize()
    except (SebridgeError, ValueError, TypeError, OverflowError):
        payload = random.randbytes(random.choice((0, 1, 5, 20, 60, 200)))
    frame = Frame(
        command.command_id,
        sequence,
        payload,
        cluster_specific=True,
        from_server=command.from_server,
        no_default_response=random.random() < 0.3,
        manufacturer_code=random.choice((None, None, None, None, 0x1234)),
    )
    return cluster_id, frame.serialize()


def _new_line(random: Random) -> AirLine:
    sender, lock = random.choice(_SENDERS), random.choice(_LOCKS)
    destination = random.choice(("one", "one", "one", "all"))
    if random.random() < 0.25:
        cluster = random.choice(
            [*ZdoCommand, *(c | ANSWER_BIT for c in ZdoCommand), 0x0030, 0x8030]
        )
        data = bytes((random.randrange(256),)) + random.randbytes(random.choice((0, 2, 11, 12, 40)))
        return AirLine(sender, destination, "clear", 0, int(cluster), 0, int(ZDO_ENDPOINT), data)
    cluster, data = _zcl(random)
    source, endpoint = random.choice((9, 9, 9, *_ENDPOINTS)), random.choice(_ENDPOINTS)
    profile = random.choice(_PROFILES)
    return AirLine(sender, destination, lock, profile, cluster, source, endpoint, data)


def _changed_line(random: Random, line: AirLine, others: Sequence[AirLine]) -> AirLine:
    match random.randrange(8):
        case 0:
            return replace(line, sender=random.choice(_SENDERS))
        case 1:
            return replace(line, lock=random.choice(_LOCKS))
        case 2:
            return replace(line, profile_id=random.choice(_PROFILES))
        case 3:
            return replace(line, endpoint=random.choice(_ENDPOINTS))
        case 4:
            return replace(line, cluster_id=random.choice(others).cluster_id)
        case _:
            return replace(line, data=changed(random, line.data, [one.data for one in others]))


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a few frames: new ones, those of seeds, and some of both with changes."""
    known = [line for seed in seeds for line in read_lines(seed)]
    lines = []
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        line = random.choice(known) if known and random.random() < 0.5 else _new_line(random)
        for _ in range(random.choice((0, 1, 1, 2))):
            line = _changed_line(random, line, known or [line])
        lines.append(line)
    return "".join(f"{line}\n" for line in lines).encode()


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[RadioSubject]:
    async with housed(house_options(*DEVICES)) as (house, kept):
        yield RadioSubject(house, kept)


TARGET = Target(
    name="radio",
    told="frames on the air, ZDO and ZCL, encrypted and in the clear",
    subject=_subject,
    grow=grow,
    lasts=100,
    in_suite=200,
)
