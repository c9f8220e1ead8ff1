"""The non-volatile memory of the stack, which survives resets and the pulling of its plug."""

from collections.abc import MutableMapping
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import Suite
from sebridge.model.row_codec import Later
from sebridge.storage.collection import OpenCollection

MOST_MEMBERS: Final = 64
"""Devices that are known again after a reset."""
_NETWORK: Final = 0


class KeptNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A network as it was formed, or as it was joined."""

    extended_pan_id: Eui64
    pan_id: int
    power: int  # dBm
    channel: int  # 11..26
    manager: int  # the network address of the network manager
    update_id: int
    channels: int  # the mask of those that it may move to
    security: int  # bits of the initial security state
    link_key: Secret  # of the trust centre
    key: Secret
    key_number: int
    nwk: Later[int] = 0  # our own address in it
    trust_center: Later[Eui64 | None] = None  # None: ourselves
    first_frame: Later[int] = 0  # the number of the first under its key: this air counts no others


class KeptKey(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the table of link keys, and the numbers of frames from which to go on."""

    device: Eui64
    key: Secret
    sent: int = 0
    heard: int = 0
    is_as_made: Later[bool] = False  # the device was made with this key


class KeptCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that the host has written, with its keys."""

    authority_key: bytes
    certificate: bytes
    private_key: Secret

    def credentials(self, suite: Suite) -> Credentials:
        """Return the three as they are used; DecodeError where they are not sound."""
        certificate = parse_certificate(self.certificate, suite)
        return Credentials(self.authority_key, certificate, self.private_key)


class Tokens:
    """What is kept; `open_collection` says where."""

    def __init__(self, open_collection: OpenCollection) -> None:
        self.members: MutableMapping[Eui64, int] = open_collection("ezsp_members", Eui64, int)
        self.keys: MutableMapping[int, KeptKey] = open_collection("ezsp_keys", int, KeptKey)
        self.certificates: MutableMapping[int, KeptCertificate] = open_collection(
            "ezsp_certificates", int, KeptCertificate
        )
        self._networks = open_collection("ezsp_network", int, KeptNetwork)
        self._own_keys = open_collection("ezsp_own_key", int, KeptKey)

    @property
    def network(self) -> KeptNetwork | None:
        """The network that it is on, or was on when it lost its power."""
        return self._networks.get(_NETWORK)

    def keep_network(self, network: KeptNetwork) -> None:
        """Keep a network in the place of an earlier one."""
        self._networks[_NETWORK] = network

    @property
    def own_key(self) -> KeptKey | None:
        """The key that was established with the trust centre of a network that was joined."""
        return self._own_keys.get(_NETWORK)

    def keep_own_key(self, key: KeptKey) -> None:
        """Keep that key in the place of an earlier one."""
        self._own_keys[_NETWORK] = key

    def keep_member(self, device: Eui64, nwk: int) -> None:
        """Keep a device, where there is room."""
        if device in self.members or len(self.members) < MOST_MEMBERS:
            self.members[device] = nwk

    def forget_network(self) -> None:
        """Be on no network, and know nobody of it."""
        self._networks.pop(_NETWORK, None)
        self._own_keys.pop(_NETWORK, None)
        self.members.clear()
