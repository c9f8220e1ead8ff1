"""Ends of a key establishment with a wire between them: real routers, sessions and clusters."""

from collections.abc import Callable
from random import Random
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.computing import at_once
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.features.keys.establishment import KeyEstablishment, KeyRules
from sebridge.features.keys.records import KEY_ESTABLISHMENT_CLUSTER
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.gateway.endpoint import Endpoint
from sebridge.model.record import Record
from sebridge.network.link_keys import LinkKey
from sebridge.network.peer import Peer
from sebridge.network.signals import KeyEstablished
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, SE_PROFILE
from sebridge.zcl.status import Status
from tests.gateway.radio_side import Trust

ENDPOINT = 9


class Wire:
    """Carries frames between ends; one that is not there does not acknowledge."""

    def __init__(self) -> None:
        self.ends: dict[Eui64, End] = {}
        self.frames: list[Frame] = []
        self.loses: Callable[[Frame], bool] = lambda _frame: False

    async def carry(self, sender: Eui64, frame: Outgoing) -> None:
        assert not frame.encrypted
        header = Frame.parse(frame.data)
        self.frames.append(header)
        assert isinstance(frame.destination, Eui64)
        end = self.ends.get(frame.destination)
        if end is None or self.loses(header):
            raise DeliveryError("no acknowledgement", 0xA7)
        end.hears(
            Incoming(
                sender,
                0x1234,
                frame.profile_id,
                frame.cluster_id,
                frame.source_endpoint,
                frame.destination_endpoint,
                frame.data,
            )
        )

    def commands(self) -> list[tuple[int, bool]]:
        """Return command id and direction of all commands of the cluster."""
        return [(f.command_id, f.from_server) for f in self.frames if f.cluster_specific]

    def refusals(self) -> list[tuple[int, int]]:
        """Return status and wait time of all Terminate frames."""
        found = [f for f in self.frames if f.cluster_specific and f.command_id == 3]
        return [(f.payload[0], f.payload[1]) for f in found]

    def default_responses(self) -> list[tuple[int, Status]]:
        found = [f for f in self.frames if not f.cluster_specific]
        return [
            (f.payload[0], Status(f.payload[1])) for f in found if f.command_id == DEFAULT_RESPONSE
        ]


class _Sender:
    def __init__(self, wire: Wire, address: Eui64) -> None:
        self._wire = wire
        self._address = address

    async def send(self, frame: Outgoing) -> None:
        await self._wire.carry(self._address, frame)


class End:
    """One device with a certificate."""

    def __init__(
        self,
        wire: Wire,
        clock: VirtualClock,
        address: Eui64,
        own: CertificateStore,
        **rules: Any,
    ) -> None:
        self.address = address
        self.peer = Peer(address, ENDPOINT, SE_PROFILE)
        self.keys: dict[Eui64, LinkKey] = {}
        self.bus = SignalBus(strict=True)
        self.told: list[Any] = []
        for kind in (KeyEstablished, KeyEstablishmentFailed):
            self.bus.listen(kind, self.told.append)
        trust = Trust()
        exchange = trust.exchange(_Sender(wire, address), clock, 40.0)
        given: dict[str, Any] = {
            "own": own,
            "local_endpoint": ENDPOINT,
            "randomness": Random(address & 0xFF),
            "accepts": lambda _device: True,
            "prefers": lambda _device: False,
            "compute": at_once,
        }
        self.service = KeyEstablishment(
            KeyRules(**given | rules), own.suites, self, exchange, clock, self.bus
        )
        endpoint = Endpoint(ENDPOINT, SE_PROFILE, 0x0501, self.service.clusters.both)
        self.router = trust.router([endpoint], exchange, clock, self.bus)
        self.gate = trust.gate(self.router, clock, self.bus)
        self.hears: Callable[[Incoming], object] = self.gate.received
        wire.ends[address] = self

    async def establish(self, device: Eui64, key: LinkKey) -> None:
        self.keys[device] = key

    async def found(self) -> Peer:
        return self.peer

    async def stop(self) -> None:
        await self.service.stop()
        await self.router.stop()


def incoming(
    source: Eui64, record: Record, sequence: int = 7, *, from_server: bool = False
) -> Incoming:
    """Return a command of the cluster as it comes from the air."""
    frame = Frame(
        KEY_ESTABLISHMENT_CLUSTER.command_id(type(record), from_server=from_server),
        sequence,
        record.serialize(),
        cluster_specific=True,
        from_server=from_server,
        no_default_response=True,
    )
    return raw(source, frame)


def raw(source: Eui64, frame: Frame) -> Incoming:
    return Incoming(
        source, 0x1234, SE_PROFILE, KEY_ESTABLISHMENT, ENDPOINT, ENDPOINT, frame.serialize()
    )


def record_of(frame: Frame) -> Any:
    """Return what a command frame of the cluster says."""
    command = KEY_ESTABLISHMENT_CLUSTER.find(frame.command_id, from_server=frame.from_server)
    assert command is not None
    return command.record.deserialize(frame.payload)
