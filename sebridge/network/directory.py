"""The known devices and what is known of each.

What a device told of itself is kept across restarts (the retained topics show it); whether it is
there is not: after a restart every device is inactive until it is heard.
"""

from collections.abc import Collection, Iterable, Iterator, MutableMapping, Sequence
from typing import Final

from msgspec.structs import replace

from sebridge.base.addresses import Eui64, is_unicast
from sebridge.base.clock import Clock, wall_time
from sebridge.base.errors import ParameterError, RefusedError, UnknownDeviceError
from sebridge.base.sharing import shared, shared_mapping
from sebridge.base.signals import SignalBus
from sebridge.model.values import ABSENT
from sebridge.network.activity import Presence, asked, place
from sebridge.network.descriptors import ZDODeviceRecord
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.network.known_device import DeviceSettings, KnownDevice, device_record, is_other_kind
from sebridge.network.peer import Peer
from sebridge.network.peer_index import PeerIndex
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceReplaced,
    DeviceUpdated,
)
from sebridge.radio.radio import Incoming

MAX_DEVICES: Final = 4096
"""So many devices at most: no peer can fill the memory by claiming addresses."""
MAX_STRANGERS: Final = 64
"""Of these, so many at most that were only heard of: neither added nor interviewed."""
MAX_KEPT: Final = 1024
"""Of so many devices that are gone at most the settings are kept: the last ones."""
LONGEST_NAME: Final = 64  # characters


class Directory:
    """The known devices, their presence, and who has which cluster.

    Every change is told on the bus after it was made. The store is written only when what a
    device told of itself changes, never per frame.

    Where there is no room, the least useful goes first: of the strangers the one that was silent
    for the longest time, and for a device that somebody adds also one that nobody has added.
    `crowded_out` counts them.

    `kept` has the settings of devices that are gone, for when they come back.
    """

    def __init__(
        self,
        store: MutableMapping[Eui64, KnownDevice],
        clock: Clock,
        bus: SignalBus,
        kept: MutableMapping[Eui64, DeviceSettings] | None = None,
    ) -> None:
        self._store = store
        self._kept = {} if kept is None else kept
        self._clock = clock
        self._bus = bus
        self._presences: dict[Eui64, Presence] = {}
        self._servers = PeerIndex()
        self._clients = PeerIndex()
        self._strangers: dict[Eui64, None] = {}
        self._active = 0
        self.crowded_out = 0
        for known in store.values():
            self._presences[known.eui64] = Presence(known.eui64)
            self._index(known)

    # -------------------------------------------------------------- what is known

    def __contains__(self, device: Eui64) -> bool:
        return device in self._presences

    def __iter__(self) -> Iterator[KnownDevice]:
        return iter(tuple(self._store.values()))

    def __len__(self) -> int:
        return len(self._presences)

    def __getitem__(self, device: Eui64) -> KnownDevice:
        try:
            return self._store[device]
        except KeyError:
            raise UnknownDeviceError(f"{device} is not known to the gateway") from None

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return what is known of a device, None for an unknown one."""
        return self._store.get(device)

    def nwk_of(self, device: Eui64) -> int | None:
        """Return the 16-bit network address of a device, None while it is not known."""
        known = self._store.get(device)
        return None if known is None else known.nwk

    def presence(self, device: Eui64) -> Presence | None:
        """Return the presence of a device, None for an unknown one."""
        return self._presences.get(device)

    def presences(self) -> Collection[Presence]:
        """Return the presence of every device; nothing of them is read from the store."""
        return self._presences.values()

    @property
    def active(self) -> int:
        """How many devices are there."""
        return self._active

    def is_active(self, device: Eui64) -> bool:
        """Say whether a device is there; False for an unknown one."""
        presence = self._presences.get(device)
        return presence is not None and presence.active

    def is_sleepy(self, device: Eui64) -> bool:
        """Say whether a device sleeps between what it sends; False for an unknown one."""
        known = self.get(device)
        return known is not None and known.is_sleepy

    def options(self, device: Eui64) -> DeviceOptions:
        """Return the options of a device; the default ones for an unknown one."""
        known = self._store.get(device)
        return DEFAULT_OPTIONS if known is None else known.options

    def is_disabled(self, device: Eui64) -> bool:
        """Say whether somebody wants a device to be left alone; False for an unknown one."""
        presence = self._presences.get(device)
        return presence is not None and presence.disabled

    def last_seen(self, device: Eui64) -> float | None:
        """Return when a device was last heard, in seconds since 1970; None since the start."""
        presence = self._presences.get(device)
        if presence is None or presence.heard is None:
            return None
        return wall_time(self._clock, presence.heard)

    def record(self, device: Eui64) -> ZDODeviceRecord:
        """Return what an RPC caller sees of a device; UnknownDeviceError for an unknown one."""
        return device_record(self[device], active=self.is_active(device))

    def records(self) -> list[ZDODeviceRecord]:
        """Return what is known of all devices, as an RPC caller sees it."""
        return [self.record(device.eui64) for device in self]

    def profile_of(self, device: Eui64, endpoint: int) -> int | None:
        """Return the profile of a device's endpoint, None while it is not known.

        Raises UnknownDeviceError.
        """
        descriptor = self[device].simple_descriptors.get(endpoint)
        profile = None if descriptor is None else descriptor.profile_id
        return profile if isinstance(profile, int) else None

    def is_described(self, device: Eui64, endpoint: int, cluster_id: int) -> bool:
        """Say whether a device has told that an endpoint of its has a cluster, on either side."""
        known = self._store.get(device)
        descriptor = None if known is None else known.simple_descriptors.get(endpoint)
        return descriptor is not None and (
            cluster_id in descriptor.servers or cluster_id in descriptor.clients
        )

    def only_serves(self, device: Eui64, endpoint: int, cluster_id: int) -> bool:
        """Say whether a device has told that an endpoint of its has a cluster as server only."""
        known = self._store.get(device)
        descriptor = None if known is None else known.simple_descriptors.get(endpoint)
        return (
            descriptor is not None
            and cluster_id in descriptor.servers
            and cluster_id not in descriptor.clients
        )

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return the places of active devices which have the server side of a cluster."""
        return self._servers.find(cluster_id)

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return the places of a device, there or not, which have the server side of a cluster.

        UnknownDeviceError for an unknown device.
        """
        return [
            Peer(device, endpoint, int(descriptor.profile_id))
            for endpoint, descriptor in self[device].simple_descriptors.items()
            if descriptor.profile_id is not ABSENT and cluster_id in descriptor.servers
        ]

    def clients_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return the same of the client side."""
        return [
            Peer(device, endpoint, int(descriptor.profile_id))
            for endpoint, descriptor in self[device].simple_descriptors.items()
            if descriptor.profile_id is not ABSENT and cluster_id in descriptor.clients
        ]

    def clients(self, cluster_id: int) -> Sequence[Peer]:
        """Return the places of active devices which have the client side of a cluster."""
        return self._clients.find(cluster_id)

    # -------------------------------------------------------------- what changes

    def put(self, known: KnownDevice) -> Presence:
        """Keep what is known of a device, new or not.

        RefusedError when there are too many, and none that is less useful.
        """
        device = known.eui64
        before = self._store.get(device)
        if before == known:
            return self._presences[device]
        if before is None:
            self._make_room(known)
            known = self._with_kept_settings(known)
            self._presences[device] = Presence(device)
        self._store[device] = known
        self._index(known)
        presence = self._presences[device]
        self._bus.send(DeviceUpdated(device))
        if before is not None and is_other_kind(before, known):
            self._bus.send(DeviceReplaced(device, is_other_kind=True))
        return presence

    def rename(self, device: Eui64, name: str) -> str:
        """Have a device called so, or as it calls itself where `name` is empty; return how.

        ParameterError for more than 64 characters and for those that cannot be printed,
        UnknownDeviceError for an unknown device.
        """
        wanted = name.strip()
        if len(wanted) > LONGEST_NAME:
            raise ParameterError("name", f"has more than {LONGEST_NAME} characters")
        if not wanted.isprintable():
            raise ParameterError("name", "has characters that cannot be printed")
        self.put(replace(self[device], name=wanted))
        return self[device].title

    def set_options(self, device: Eui64, options: DeviceOptions) -> None:
        """Have these options of a device from now on; one that is disabled becomes inactive.

        ParameterError for what is out of range, UnknownDeviceError for an unknown device.
        """
        options.check()
        self.put(replace(self[device], options=shared(options)))
        if options.disabled:
            self.deactivate(device)

    def remove(self, device: Eui64, *, keep_settings: bool = False) -> KnownDevice:
        """Forget a device, and return what was known; UnknownDeviceError for an unknown one.

        With `keep_settings` its name and options come back with it.
        """
        known = self[device]
        if keep_settings and known.settings.says_something:
            for oldest in list(self._kept)[: max(0, len(self._kept) + 1 - MAX_KEPT)]:
                del self._kept[oldest]
            self._kept[device] = known.settings
        self._servers.drop(device)
        self._clients.drop(device)
        self._strangers.pop(device, None)
        self._active -= self._presences.pop(device).active
        del self._store[device]
        self._bus.send(DeviceRemoved(device))
        return known

    def joined(self, device: Eui64, nwk: int) -> Presence:
        """Know that a device is on the network under this address, new or not."""
        known = self.get(device) or KnownDevice(eui64=device)
        presence = self.put(replace(known, nwk=int(nwk) if is_unicast(nwk) else known.nwk))
        self._bus.send(DeviceJoined(device))
        return presence

    def activate(self, device: Eui64) -> None:
        """Know that a device is there; one that is disabled is not."""
        presence = self._presences.get(device)
        if presence is None or presence.active or presence.disabled:
            return
        presence.active = True
        self._active += 1
        presence.failures = 0
        self._index(self._store[device])
        self._bus.send(DeviceActive(device))

    def deactivate(self, device: Eui64) -> None:
        """Know that a device is not there any more."""
        presence = self._presences.get(device)
        if presence is None or not presence.active:
            return
        presence.active = False
        self._active -= 1
        self._servers.drop(device)
        self._clients.drop(device)
        self._bus.send(DeviceInactive(device))

    def sender(self, frame: Incoming) -> Presence | None:
        """Return the presence of the device a frame came from, None for an unknown one.

        Where the device has a new network address by this frame, that is kept.
        """
        presence = self._presences.get(frame.source)
        if (
            presence is not None
            and presence.nwk != frame.source_nwk
            and is_unicast(frame.source_nwk)
        ):
            self.put(replace(self._store[frame.source], nwk=int(frame.source_nwk)))
        return presence

    # -------------------------------------------------------------- room

    def _make_room(self, wanted: KnownDevice) -> None:
        """Have room for a new device; RefusedError when everybody has more right to be here."""
        if wanted.is_stranger and len(self._strangers) >= MAX_STRANGERS:
            self._crowd_out(self._strangers)
        if len(self._presences) < MAX_DEVICES:
            return
        if self._strangers:
            self._crowd_out(self._strangers)
            return
        guests = [known.eui64 for known in self if not known.added] if wanted.added else []
        if not guests:
            raise RefusedError(f"the gateway knows {MAX_DEVICES} devices already")
        self._crowd_out([g for g in guests if not self.is_active(g)] or guests)

    def forget_strangers(self) -> None:
        """Forget the strangers for whom there is no room, as another version may have kept them."""
        for device in list(self._strangers)[MAX_STRANGERS:]:
            self.crowded_out += 1
            self.remove(device, keep_settings=True)

    def _crowd_out(self, devices: Iterable[Eui64]) -> None:
        """Forget the one of them of which nothing was heard for the longest time."""
        now = self._clock.monotonic()
        self.crowded_out += 1
        silent = max(devices, key=lambda device: self._presences[device].unheard_of_for(now))
        self.remove(silent, keep_settings=True)

    def _with_kept_settings(self, known: KnownDevice) -> KnownDevice:
        """Return a device that is new, or comes back, with what was kept of it."""
        settings = self._kept.pop(known.eui64, None)
        if settings is None:
            return known
        return replace(known, name=known.name or settings.name, options=settings.options)

    # -------------------------------------------------------------- indexes

    def _index(self, known: KnownDevice) -> None:
        presence = self._presences[known.eui64]
        presence.nwk = known.nwk
        presence.disabled = known.options.disabled
        presence.asked = asked(known)
        if known.is_stranger:
            self._strangers[known.eui64] = None
        else:
            self._strangers.pop(known.eui64, None)
        descriptors = known.simple_descriptors.items()
        presence.places = shared(
            frozenset(
                place(endpoint, cluster)
                for endpoint, descriptor in descriptors
                for cluster in (*descriptor.servers, *descriptor.clients)
            )
        )
        presence.profiles = shared_mapping(
            tuple(
                (endpoint, int(descriptor.profile_id))
                for endpoint, descriptor in descriptors
                if descriptor.profile_id is not ABSENT
            )
        )
        if not presence.active:
            return
        peers = [
            (Peer(known.eui64, endpoint, int(descriptor.profile_id)), descriptor)
            for endpoint, descriptor in known.simple_descriptors.items()
            if descriptor.profile_id is not ABSENT
        ]
        self._servers.put(known.eui64, [(c, p) for p, d in peers for c in d.servers])
        self._clients.put(known.eui64, [(c, p) for p, d in peers for c in d.clients])
