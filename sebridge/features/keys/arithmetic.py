"""The arithmetic that a key establishment asks for, where we do it ourselves."""

from typing import Protocol

from sebridge.base.computing import Compute
from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.key_agreement import (
    EphemeralKey,
    Party,
    derived_keys,
    ephemeral_key,
    initiator_code,
    responder_code,
    shared_secret,
)
from sebridge.features.keys.session import (
    CodesMade,
    Computed,
    EphemeralMade,
    MakeCodes,
    MakeEphemeral,
    Task,
    Unreadable,
)


class Arithmetic(Protocol):
    """Who computes for one exchange."""

    async def perform(self, task: Task) -> Computed:
        """Return what a session asked for. Never raises."""

    async def key(self, agreed: Secret | None) -> Secret:
        """Return the key that was agreed on; SebridgeError where it cannot be had."""

    async def end(self) -> None:
        """Forget what belongs to the exchange."""


class OwnArithmetic:
    """We compute, by `compute`."""

    def __init__(self, compute: Compute) -> None:
        self._compute = compute

    async def perform(self, task: Task) -> Computed:
        """Return what a session asked for."""
        computed: Computed = await self._compute(perform, task)
        return computed

    async def key(self, agreed: Secret | None) -> Secret:
        """Return the key that was agreed on."""
        assert agreed is not None, "it was computed here"
        return agreed

    async def end(self) -> None:
        """Nothing is kept."""


def perform(task: Task) -> Computed:
    """Return what a session asked for. Pure, but for chance."""
    if isinstance(task, MakeEphemeral):
        made = ephemeral_key(task.own.suite, task.randomness)
        return EphemeralMade(made.public, made.private)
    return _codes(task)


def _codes(task: MakeCodes) -> Computed:
    private = task.ephemeral.private
    assert private is not None, "it was made here"
    ephemeral = EphemeralKey(private, task.ephemeral.public)
    try:
        shared = shared_secret(task.own, ephemeral, task.public_key, task.partner_ephemeral)
    except DecodeError as error:
        return Unreadable(str(error))
    keys = derived_keys(shared)
    ourselves = Party(task.own.certificate.subject, task.ephemeral.public)
    other = Party(task.partner, task.partner_ephemeral)
    parties = (ourselves, other) if task.is_initiator else (other, ourselves)
    return CodesMade(initiator_code(keys, *parties), responder_code(keys, *parties), keys.link_key)
