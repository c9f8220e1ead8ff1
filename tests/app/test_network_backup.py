"""A sealed backup of the network is what `sebridge restore` takes."""

from collections.abc import Mapping
import json
from typing import Any

from sebridge.app.network_backup import NetworkBackups
from sebridge.base.addresses import Eui64
from sebridge.base.computing import at_once
from sebridge.base.secret import Secret
from sebridge.crypto.sealing import unseal

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")


class Stick:
    """A radio that tells the addresses that it was told."""

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        return {"devices": [{"ieee": str(one), "nwk": nwk} for one, nwk in addresses.items()]}


async def test_the_network_is_sealed_with_the_addresses_that_are_known() -> None:
    passphrase = Secret(b"correct horse")
    backups = NetworkBackups(Stick(), lambda: {METER: 0x1234}, at_once)

    sealed = await backups.sealed(passphrase)

    assert sealed.devices == 1
    assert json.loads(unseal(json.loads(sealed.document), passphrase)) == {
        "devices": [{"ieee": str(METER), "nwk": 0x1234}]
    }
