"""A sealed backup of the network, made while the bridge runs."""

from collections.abc import Callable, Mapping
import json
from secrets import token_bytes
from typing import Any, Protocol

from sebridge.api.backup import SealedNetwork
from sebridge.base.addresses import Eui64
from sebridge.base.computing import Compute
from sebridge.base.secret import Secret
from sebridge.crypto.sealing import seal


class BackedUp(Protocol):
    """A radio, as far as its network can be kept."""

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Return its network, with keys."""


class NetworkBackups:
    """Makes backups; the network addresses are those that the gateway knows."""

    def __init__(
        self, radio: BackedUp, addresses: Callable[[], Mapping[Eui64, int]], compute: Compute
    ) -> None:
        self._radio = radio
        self._addresses = addresses
        self._compute = compute

    async def sealed(self, passphrase: Secret) -> SealedNetwork:
        """Return the network, in the form of the files that `sebridge backup` writes."""
        document = await self._radio.backup(self._addresses())
        octets = json.dumps(document).encode()
        envelope = await self._compute(seal, octets, passphrase, token_bytes)
        return SealedNetwork(json.dumps(envelope, indent=2) + "\n", len(document["devices"]))
