"""What a radio's module computes: one exchange at a time. The module lies outside."""

from random import Random

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, RefusedError
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1
from sebridge.features.keys.module_arithmetic import ModuleKeys
from sebridge.features.keys.session import (
    CodesMade,
    EphemeralMade,
    MakeCodes,
    MakeEphemeral,
    NotComputed,
)
from tests.crypto.key_vectors import GATEWAY, METER, credentials

OWN = credentials(SUITE_1, GATEWAY)
EPHEMERAL = MakeEphemeral(OWN, Random(1))
CODES = MakeCodes(
    own=OWN,
    ephemeral=EphemeralMade(b"ours"),
    partner=METER,
    public_key=OWN.key_of(OWN.certificate),
    certificate=b"certificate",
    partner_ephemeral=b"theirs",
    is_initiator=True,
)
KEY = Secret(bytes(range(16)))


class Module:
    """A module, with what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.problem: Exception | None = None

    async def make_ephemeral(self, own: Credentials) -> bytes:
        self._note("ephemeral", own.suite.number)
        return b"ours"

    async def make_codes(
        self, own: Credentials, *, is_initiator: bool, certificate: bytes, ephemeral: bytes
    ) -> tuple[bytes, bytes]:
        self._note("codes", own.suite.number, is_initiator, certificate, ephemeral)
        return b"u", b"v"

    async def keep_key(self, suite: int, partner: Eui64) -> Secret:
        self._note("keep", suite, partner)
        return KEY

    async def drop_key(self, suite: int) -> None:
        self._note("drop", suite)

    def _note(self, *what: object) -> None:
        self.asked.append(what)
        if self.problem is not None:
            raise self.problem


@pytest.fixture
def module() -> Module:
    return Module()


@pytest.fixture
def keys(module: Module) -> ModuleKeys:
    return ModuleKeys(lambda: module)


async def test_the_module_computes_and_keeps_the_key(keys: ModuleKeys, module: Module) -> None:
    arithmetic = keys()

    made = await arithmetic.perform(EPHEMERAL)
    codes = await arithmetic.perform(CODES)
    key = await arithmetic.key(None)
    await arithmetic.end()

    assert (made, codes, key) == (EphemeralMade(b"ours"), CodesMade(b"u", b"v"), KEY)
    assert module.asked == [
        ("ephemeral", 1),
        ("codes", 1, True, b"certificate", b"theirs"),
        ("keep", 1, METER),
    ]


async def test_an_exchange_that_came_to_nothing_is_forgotten(
    keys: ModuleKeys, module: Module
) -> None:
    arithmetic = keys()
    await arithmetic.perform(EPHEMERAL)

    await arithmetic.end()

    assert module.asked[-1] == ("drop", 1)


async def test_an_exchange_that_asked_for_nothing_leaves_the_module_alone(
    keys: ModuleKeys, module: Module
) -> None:
    await keys().end()

    assert module.asked == []


async def test_another_exchange_waits_until_the_first_is_over(
    keys: ModuleKeys, module: Module
) -> None:
    first, second = keys(), keys()
    await first.perform(EPHEMERAL)

    refused = await second.perform(EPHEMERAL)
    await second.end()
    await first.end()

    assert refused == NotComputed("the radio computes another key establishment")
    assert module.asked == [("ephemeral", 1), ("drop", 1)]
    assert await keys().perform(EPHEMERAL) == EphemeralMade(b"ours")


async def test_a_radio_without_such_a_module_computes_nothing() -> None:
    arithmetic = ModuleKeys(lambda: None)()

    refused = await arithmetic.perform(EPHEMERAL)
    await arithmetic.end()

    assert refused == NotComputed("the radio computes no key establishment")


@pytest.mark.parametrize("problem", [RefusedError("it cannot"), DeliveryError("it is silent")])
async def test_what_the_module_does_not_do_is_told(
    keys: ModuleKeys, module: Module, problem: Exception
) -> None:
    arithmetic = keys()
    module.problem = problem

    refused = await arithmetic.perform(EPHEMERAL)
    await arithmetic.end()

    assert refused == NotComputed(str(problem))
