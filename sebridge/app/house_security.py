"""What a simulated house proves itself with, and where that is kept."""

from collections.abc import Collection
from secrets import SystemRandom
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.computing import Compute
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITES
from sebridge.network.link_keys import LinkKey, LinkKeys
from sebridge.simulator.credentials import (
    HouseCertificates,
    HouseSecurity,
    SuiteCertificates,
)
from sebridge.storage.collection import OpenCollection

_SECRETS: Final = SystemRandom()


def secure_house(
    suites: Collection[int], open_collection: OpenCollection, compute: Compute
) -> HouseSecurity:
    """Return the certificates of these suites (1, 2), and the keys that devices have from them."""
    authorities = open_collection("simulated_authorities", str, Secret)
    certificates = HouseCertificates(
        SuiteCertificates(suite, authorities, _SECRETS)
        for suite in SUITES
        if suite.number in suites
    )
    kept = LinkKeys(open_collection("simulated_keys", Eui64, LinkKey))
    return HouseSecurity(certificates=certificates, kept=kept, randomness=_SECRETS, compute=compute)
