"""Requests for a backup of the network, made while the gateway runs."""

from collections.abc import Callable
import logging
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

_LOGGER = logging.getLogger(__name__)

_SHORTEST: Final = 8  # characters of a passphrase
_LONGEST: Final = 256


class SealedNetwork(msgspec.Struct, frozen=True):
    """The network as a sealed document, and of how many devices it has the address."""

    document: str
    devices: int


class Keeper(Protocol):
    """Who makes a backup of the network."""

    async def sealed(self, passphrase: Secret) -> SealedNetwork:
        """Return it; RefusedError, NotJoinedError or DeliveryError where that cannot be."""


class MakeBackupResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A file for `sebridge restore`; `content` is its text, sealed with the passphrase."""

    file_name: str
    content: str
    devices: int


class BackupMethods:
    """Keep the network safe. To restore it, the bridge must be stopped: docs/backup.md."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, keeper: Keeper, file_name: Callable[[], str]) -> None:
        self._keeper = keeper
        self._file_name = file_name

    @method(scope=Scope.ADMIN)
    async def make_backup(self, passphrase: Any, caller: Caller) -> MakeBackupResponse:
        """Return a backup of the radio's network, with its keys, sealed with a passphrase.

        The passphrase is text of 8 to 256 characters in one line; without it nobody can open the
        file. `sebridge restore` writes it into a stick while the bridge is stopped. An XBee tells
        no keys, and a simulated radio has nothing to keep: these refuse.
        """
        if not (isinstance(passphrase, str) and _is_passphrase(passphrase)):
            problem = f"must be text of {_SHORTEST} to {_LONGEST} characters in one line"
            raise ParameterError("passphrase", problem)  # its value is in no error text
        made = await self._keeper.sealed(Secret(passphrase.encode()))
        who = caller.name or "somebody"
        _LOGGER.warning("a backup with all keys was made for %s by %s", who, caller.interface)
        return MakeBackupResponse(
            file_name=self._file_name(), content=made.document, devices=made.devices
        )


def _is_passphrase(text: str) -> bool:
    return _SHORTEST <= len(text) <= _LONGEST and text.isprintable()
