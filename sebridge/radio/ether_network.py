"""The network that is on the simulated air, and who may be on it."""

import enum
import random
from typing import Final, Self

import msgspec
import zigpy.state
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.key_ring import KeyRing
from sebridge.radio.radio import Association
from sebridge.radio.zigpy_words import from_zigpy, key_to_zigpy

WELL_KNOWN_KEY: Final = Secret(b"ZigBeeAlliance09")
"""The link key that Home Automation devices are made with, and that everybody knows."""
_COORDINATOR_NWK: Final = 0x0000
_LAST_NWK: Final = 0xFFF7
_KEY_OCTETS: Final = 16


class Membership(msgspec.Struct, frozen=True):
    """What a device has kept of a network in which it was."""

    network_key: Secret
    link_key: Secret  # with the trust centre: the one that was established, or that it joined with


class Arrival(enum.Enum):
    """How a device came into a network (ZigBee Specification, joining and rejoining a network)."""

    JOIN = enum.auto()
    """It was sent the network's key, under the link key that it was made with."""
    SECURED_REJOIN = enum.auto()
    """It has the network's key."""
    UNSECURED_REJOIN = enum.auto()
    """Trust centre rejoin: it was sent the network's key, under the link key in use."""


class EtherNetwork(msgspec.Struct):
    """What the coordinator's memory holds: it survives a restart of whoever uses the radio.

    A device with a link key of its own gets in with that key only; the common key, which is the
    well-known one unless another was planned, is for devices that have none, and not even for them
    where `only_registered` says so. Who is a member comes back also while joining is closed.

    A member that has an earlier network key comes back by a trust centre rejoin: it asks without
    that key, and is sent the present one under its own link key, which is the established one
    where there is one (ZigBee Specification, trust centre rejoin).
    """

    info: zigpy.state.NetworkInfo
    coordinator: Eui64
    members: dict[Eui64, int] = msgspec.field(default_factory=dict)  # -> network address
    ring: KeyRing = msgspec.field(default_factory=KeyRing)
    open_until: float = float("-inf")  # monotonic seconds
    only_registered: bool = False
    allows_unsecured_rejoins: bool = True
    grants_keys: bool = True  # to two devices of which both have established one

    @classmethod
    def of(
        cls,
        coordinator: Eui64,
        *,
        pan_id: int,
        extended_pan_id: Eui64,
        channel: int,
        network_key: Secret,
        link_key: Secret = WELL_KNOWN_KEY,
        update_id: int = 0,
    ) -> Self:
        """Return a new network; `link_key` is the common one, of devices without their own."""
        info = zigpy.state.NetworkInfo(
            pan_id=t.PanId(pan_id),
            extended_pan_id=t.ExtendedPanId(bytes(extended_pan_id)),
            channel=t.uint8_t(channel),
            nwk_update_id=t.uint8_t(update_id),
            network_key=zigpy.state.Key(key=key_to_zigpy(network_key)),
            tc_link_key=zigpy.state.Key(key=key_to_zigpy(link_key)),
        )
        return cls(info, coordinator)

    def is_same(self, other: "EtherNetwork") -> bool:
        """Say whether somebody else who tells of this network means this one."""
        return (
            self.coordinator == other.coordinator
            and self.info.pan_id == other.info.pan_id
            and self.info.extended_pan_id == other.info.extended_pan_id
            and self.info.network_key.key == other.info.network_key.key
        )

    @property
    def link_keys(self) -> dict[Eui64, Secret]:
        """The keys with which devices may come in."""
        return self.ring.preconfigured

    @property
    def extended_pan_id(self) -> Eui64:
        """The 64 bits that tell the network from others."""
        return from_zigpy(self.info.extended_pan_id)

    @property
    def common_key(self) -> Secret:
        """The key for devices that have none of their own."""
        return Secret(self.info.tc_link_key.key.serialize())

    def as_member(self, key: Secret) -> Self:
        """Return what a member knows of the network, which joined with a key: it has its own."""
        known = type(self)(self.info, self.coordinator, {self.coordinator: _COORDINATOR_NWK})
        known.link_keys[self.coordinator] = key
        return known

    def is_open(self, now: float) -> bool:
        """Say whether somebody new may come in."""
        return now < self.open_until

    def use_common_key(self, key: Secret) -> None:
        """Have this key for devices that have none of their own."""
        self.info = self.info.replace(tc_link_key=zigpy.state.Key(key=key_to_zigpy(key)))

    def move(self, channel: int, update_id: int) -> None:
        """Be on another channel, from this update of the network on."""
        self.info = self.info.replace(
            channel=t.uint8_t(channel), nwk_update_id=t.uint8_t(update_id)
        )

    def use_network_key(self, key: Secret) -> None:
        """Have this network key in the place of the present one, under the next number."""
        number = (int(self.info.network_key.seq) + 1) & 0xFF
        new = zigpy.state.Key(key=key_to_zigpy(key), seq=t.uint8_t(number))
        self.info = self.info.replace(network_key=new)

    def refuse_unregistered(self, *, refuse: bool) -> None:
        """Let in only devices with a link key of their own, or also those with the common one."""
        self.only_registered = refuse

    @property
    def network_key(self) -> Secret:
        """The key that all its devices have."""
        return Secret(self.info.network_key.key.serialize())

    def admit(
        self,
        device: Eui64,
        key: Secret,
        now: float,
        choice: random.Random,
        kept: Membership | None = None,
    ) -> Arrival:
        """Make a device a member, and return how it came; NotJoinedError if it may not come in.

        `key` is what it was made with, `kept` what it has that was in a network. A member whose
        link key is no longer known comes back with the network's key. So does one that is not known
        as a member, to a coordinator that took the place of another.
        """
        arrival = self._rejoin(device, key, kept) or self._join(device, key, now, kept)
        if device not in self.members:
            self.members[device] = self._free_address(choice)
        return arrival

    def _join(self, device: Eui64, key: Secret, now: float, kept: Membership | None) -> Arrival:
        expected = self.link_keys.get(device)
        if expected is not None and key != expected:
            problem = f"{device} was refused: its link key is not the registered one"
            raise NotJoinedError(problem, Association.REFUSED)
        if expected is None and (self.only_registered or key != self.common_key):
            problem = f"{device} was refused: its link key is not registered"
            raise NotJoinedError(problem, Association.REFUSED)
        is_known = device in self.members and kept is None
        if not is_known and not self.is_open(now):
            problem = f"{device} was refused: joining is closed"
            raise NotJoinedError(problem, Association.NOT_ALLOWED)
        return Arrival.SECURED_REJOIN if is_known else Arrival.JOIN

    def _rejoin(self, device: Eui64, key: Secret, kept: Membership | None) -> Arrival | None:
        """Return how a device comes back, None for one that has to join anew.

        NotJoinedError for a link key that is not in use, and where such rejoins are not allowed.

        By a trust centre rejoin nobody comes who has no key of its own: whoever knows the common
        one could come in its name.
        """
        expected, is_member = self.link_keys.get(device), device in self.members
        if kept is None or kept.network_key == self.network_key:
            has_key = is_member and expected is None if kept is None else expected in {None, key}
            return Arrival.SECURED_REJOIN if has_key else None
        in_use = self.ring.in_use(device) if is_member else None
        if in_use is None:
            return None
        if not self.allows_unsecured_rejoins:
            problem = f"{device} was refused: only with the network's key it may come back"
            raise NotJoinedError(problem, Association.REFUSED)
        if kept.link_key != in_use:
            problem = f"{device} was refused: its link key is not the one in use"
            raise NotJoinedError(problem, Association.REFUSED)
        return Arrival.UNSECURED_REJOIN

    def grant(self, asker: Eui64, partner: Eui64, choice: random.Random) -> Secret:
        """Return a new key for two devices; RefusedError unless both have established keys.

        A preconfigured key does not count (rule SEC-6).
        """
        if not self.grants_keys:
            raise RefusedError("the trust centre grants no keys")
        for device in (asker, partner):
            if not self.ring.is_established(device):
                raise RefusedError(f"{device} has established no key with the trust centre")
        return Secret(choice.randbytes(_KEY_OCTETS))

    def _free_address(self, choice: random.Random) -> int:
        taken = set(self.members.values())
        while (nwk := choice.randint(1, _LAST_NWK)) in taken:
            continue
        return nwk
