"""Key establishment by EZSP firmware that computes it: the private key and the keys stay there.

Source: Silicon Labs UG100, CBKE frames.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import bellows.types

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, RefusedError
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2
from sebridge.radio.ezsp.keys import LinkKeyTable, is_ok

_WITHIN: Final = 10.0  # seconds; a computation takes up to 3.5
_IN_PROGRESS: Final = bellows.types.sl_Status.IN_PROGRESS


class _Names(NamedTuple):
    """What a suite's commands are called, and what their data are."""

    suffix: str
    certificate: Any
    public_key: Any


_NAMES: Final = {
    SUITE_1.number: _Names(
        "", bellows.types.EmberCertificateData, bellows.types.EmberPublicKeyData
    ),
    SUITE_2.number: _Names(
        "283k1",
        bellows.types.EmberCertificate283k1Data,
        bellows.types.EmberPublicKey283k1Data,
    ),
}


class EzspKeyModule:
    """The firmware; `ezsp` is bellows' way there, and `errors` are what that raises.

    It is in the network of a `trust_center`, or is that itself.
    """

    def __init__(
        self, ezsp: Any, errors: tuple[type[Exception], ...], trust_center: Eui64 | None
    ) -> None:
        self._ezsp = ezsp
        self._errors = errors
        self._trust_center = trust_center

    async def make_ephemeral(self, own: Credentials) -> bytes:
        """Make a key pair for one exchange; return the public key."""
        suffix = _NAMES[own.suite.number].suffix
        with self._told():
            await self._have(own)
            (public,) = await self._computed("generateCbkeKeys", suffix)
        return public

    async def make_codes(
        self, own: Credentials, *, is_initiator: bool, certificate: bytes, ephemeral: bytes
    ) -> tuple[bytes, bytes]:
        """Compute with what the partner sent; return the codes of initiator and responder."""
        names = _NAMES[own.suite.number]
        with self._told():
            of_initiator, of_responder = await self._computed(
                "calculateSmacs",
                names.suffix,
                amInitiator=bellows.types.Bool(is_initiator),
                partnerCertificate=names.certificate(certificate),
                partnerEphemeralPublicKey=names.public_key(ephemeral),
            )
        return of_initiator, of_responder

    async def keep_key(self, suite: int, partner: Eui64) -> Secret:
        """Use the key with the partner from now on, and return it."""
        with self._told():
            await self._clear(suite, is_kept=True)
            if partner == self._trust_center:
                return Secret((await self._ezsp.get_tc_link_key()).key.serialize())
            key = await LinkKeyTable(self._ezsp).key(partner)
        if key is None:
            raise RefusedError(f"the firmware does not have the key with {partner}")
        return key

    async def drop_key(self, suite: int) -> None:
        """Forget the exchange."""
        with self._told():
            await self._clear(suite, is_kept=False)

    # ------------------------------------------------------------------ the firmware

    async def _have(self, own: Credentials) -> None:
        """Have our certificate in the firmware; one of suite 2 must be there."""
        names = _NAMES[own.suite.number]
        status, present = await getattr(self._ezsp, f"getCertificate{names.suffix}")()
        if is_ok(status) and present.serialize() == own.certificate.octets:
            return
        if own.suite is not SUITE_1:
            raise RefusedError(f"the firmware has not our certificate of suite {own.suite.number}")
        (status,) = await self._ezsp.setPreinstalledCbkeData(
            caPublic=names.public_key(own.authority_key),
            myCert=names.certificate(own.certificate.octets),
            myKey=bellows.types.EmberPrivateKeyData(own.private_key.reveal()),
        )
        if not is_ok(status):
            raise RefusedError(f"the firmware does not take our certificate: {status.name}")

    async def _computed(self, command: str, suffix: str, **fields: Any) -> list[bytes]:
        """Have something computed; return what came of it."""
        heard: asyncio.Queue[list[Any]] = asyncio.Queue()
        with self._ezsp.callback_for_commands(
            {f"{command}Handler{suffix}"}, lambda _, result: heard.put_nowait(result)
        ):
            (status,) = await getattr(self._ezsp, command + suffix)(**fields)
            begun = bellows.types.sl_Status.from_ember_status(status)
            if begun not in {bellows.types.sl_Status.OK, _IN_PROGRESS}:
                raise RefusedError(f"the firmware computes no key establishment: {status.name}")
            async with asyncio.timeout(_WITHIN):
                status, *values = await heard.get()
        if not is_ok(status):
            raise RefusedError(f"the firmware has computed nothing: {status.name}")
        return [value.serialize() for value in values]

    async def _clear(self, suite: int, *, is_kept: bool) -> None:
        name = f"clearTemporaryDataMaybeStoreLinkKey{_NAMES[suite].suffix}"
        (status,) = await getattr(self._ezsp, name)(storeLinkKey=bellows.types.Bool(is_kept))
        if not is_ok(status):
            raise RefusedError(f"the firmware does not keep the key: {status.name}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what goes wrong in our words; a library's may show what it was given."""
        try:
            yield
        except self._errors as error:
            problem = f"the radio did not compute the key: {type(error).__name__}"
            raise DeliveryError(problem) from None
