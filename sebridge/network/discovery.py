"""The ZDO interview: what a device says of itself, asked once and kept."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import AnswerTimeoutError, DecodeError, DeliveryError
from sebridge.network.descriptors import (
    Node_Desc_rsp,
    Power_Desc_rsp,
    Simple_Desc_rsp,
    endpoints_answer,
    node_answer,
    power_answer,
    simple_answer,
)
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.zdo import ZdoCommand

PATIENCE: Final = 2
"""After so many silences in a row the device counts as gone, and is not asked on."""

A = TypeVar("A")


class Asker(Protocol):
    """Who brings a ZDO request to a device, and its answer back."""

    async def ask(self, device: Eui64, command: ZdoCommand, *values: object) -> Any:
        """Return the fields of the answer; raise DeliveryError, AnswerTimeoutError, DecodeError."""


class Findings(msgspec.Struct, kw_only=True):
    """What an interview brought; None is what was not asked or not answered."""

    node_descriptor: Node_Desc_rsp | None = None
    power_descriptor: Power_Desc_rsp | None = None
    active_endpoints: tuple[int, ...] | None = None
    simple_descriptors: dict[int, Simple_Desc_rsp] = msgspec.field(default_factory=dict)
    problems: list[str] = msgspec.field(default_factory=list)

    def added_to(self, known: KnownDevice) -> KnownDevice:
        """Return what is known with these findings; what was not found stays as it was."""
        endpoints = self.active_endpoints
        if endpoints is None:
            endpoints = known.active_endpoints
        simple = {**known.simple_descriptors, **self.simple_descriptors}
        return replace(
            known,
            node_descriptor=self.node_descriptor or known.node_descriptor,
            power_descriptor=self.power_descriptor or known.power_descriptor,
            active_endpoints=endpoints,
            simple_descriptors={e: simple[e] for e in endpoints or () if e in simple},
        )


async def interview(
    asker: Asker, known: KnownDevice, nwk: int, *, unexpected_endpoint: int | None = None
) -> Findings:
    """Ask a device for all that is not known of it, and for its node descriptor in any case.

    The node descriptor is the proof that the device is there: without it DeliveryError or
    AnswerTimeoutError is raised. Whatever else fails is noted in the findings' problems.
    One that is not what it was is asked for everything: another device has its address now.
    From `unexpected_endpoint` came a frame that its descriptors do not explain: what it does is
    asked again, and which endpoints there are when it is not among them.
    """
    return await _Interview(asker, known, nwk).hold(unexpected_endpoint)


def unasked(known: KnownDevice) -> KnownDevice:
    """Return a device as it was before anybody asked it, so that an interview asks for all."""
    return replace(
        known,
        node_descriptor=None,
        power_descriptor=None,
        active_endpoints=None,
        simple_descriptors={},
    )


def _is_another(before: Node_Desc_rsp | None, now: Node_Desc_rsp | None) -> bool:
    """Say whether a node is another one, as far as both told; its network address may change."""
    if before is None or now is None or before.status or now.status:
        return False
    return replace(before, nwk_addr=now.nwk_addr) != now


class _Interview:
    """One run through the questions, in their order."""

    def __init__(self, asker: Asker, known: KnownDevice, nwk: int) -> None:
        self._asker = asker
        self._known = known
        self._nwk = nwk
        self._found = Findings()
        self._silences = 0

    async def hold(self, unexpected: int | None) -> Findings:
        found, known = self._found, self._known
        found.node_descriptor = await self._prove()
        if _is_another(known.node_descriptor, found.node_descriptor):
            known = self._known = unasked(known)
        if known.power_descriptor is None:
            found.power_descriptor = await self._ask(ZdoCommand.Power_Desc_req, power_answer)
        listed = known.active_endpoints
        if listed is None or (unexpected is not None and unexpected not in listed):
            found.active_endpoints = await self._ask(ZdoCommand.Active_EP_req, endpoints_answer)
        for endpoint in self._endpoints(unexpected):
            descriptor = await self._ask(
                ZdoCommand.Simple_Desc_req,
                partial(simple_answer, endpoint=endpoint),
                endpoint,
            )
            if descriptor is not None:
                found.simple_descriptors[endpoint] = descriptor
        return found

    async def _prove(self) -> Node_Desc_rsp | None:
        """Return the node descriptor; None when there was an answer that cannot be read."""
        try:
            fields = await self._asker.ask(self._known.eui64, ZdoCommand.Node_Desc_req, self._nwk)
            return node_answer(fields)
        except DecodeError as error:
            self._found.problems.append(f"Node_Desc_req: {error}")
            return None

    async def _ask(
        self, command: ZdoCommand, read: Callable[[Any], A], *values: object
    ) -> A | None:
        if self._silences >= PATIENCE:
            return None
        try:
            fields = await self._asker.ask(self._known.eui64, command, self._nwk, *values)
            self._silences = 0
            return read(fields)
        except (AnswerTimeoutError, DeliveryError) as error:
            self._silences += 1
            self._found.problems.append(f"{command.name}: {error}")
        except DecodeError as error:
            self._found.problems.append(f"{command.name}: {error}")
        return None

    def _endpoints(self, unexpected: int | None) -> tuple[int, ...]:
        """Return the endpoints to be asked what they do."""
        merged = self._found.added_to(self._known)
        silent = merged.silent_endpoints
        if unexpected in silent or unexpected not in (merged.active_endpoints or ()):
            return silent
        return (*silent, unexpected)
