"""Who may join: link keys, and the time for which the network is open."""

import asyncio
from collections.abc import Callable, Collection, Mapping, MutableMapping
import logging
from typing import Any, Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ParameterError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.network.joining_window import JoiningWindow
from sebridge.network.link_keys import KeyKind, LinkKey, LinkKeys
from sebridge.network.signals import DeviceRemoved, JoiningChanged, NetworkChanged
from sebridge.radio.radio import Counters

_LOGGER = logging.getLogger(__name__)

KEY_OCTETS: Final = 16
RETRY_AFTER: Final = 5.0  # seconds, when the radio did not take an opening of the network


def check_link_key(key: Secret) -> None:
    """Raise ParameterError for a key that has not 16 octets."""
    if len(key) != KEY_OCTETS:
        raise ParameterError("link_key", f"has {len(key)} octets instead of {KEY_OCTETS}")


class JoiningRadio(Protocol):
    """What of a radio decides who may join."""

    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        """Open the network for 1 to 254 seconds, to those awaited and `others`; 0 closes it."""

    async def set_link_key(self, device: Eui64, key: Secret) -> None:
        """Let a device join with this preconfigured link key (16 octets)."""

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key that was established in the place of the earlier one (16 octets)."""


class TrustCenter(Service):
    """Keeps the link keys of devices, and opens the network for a while.

    A radio that was started anew, or formed another network, has it closed: it is opened again for
    the time that is left.

    `keys` are those with which devices join, `established` those which followed from their
    certificates and are used in their place.

    With `explicit_add` (ZDO_Device_Manager.require_explicit_device_add) only devices that were
    added beforehand are admitted; without it, which is open join, any device.
    """

    def __init__(
        self,
        radio: JoiningRadio,
        keys: MutableMapping[Eui64, Secret],
        clock: Clock,
        bus: SignalBus,
        explicit_add: Callable[[], bool] = lambda: False,
        *,
        established: MutableMapping[Eui64, LinkKey] | None = None,
    ) -> None:
        super().__init__()
        self._radio = radio
        self._keys = keys
        self._established = LinkKeys({} if established is None else established)
        self._clock = clock
        self._bus = bus
        self._explicit_add = explicit_add
        self._window = JoiningWindow()
        self._keeper: asyncio.Task[Any] | None = None
        bus.listen(DeviceRemoved, lambda signal: self.drop_key(signal.device))
        bus.listen(NetworkChanged, self._on_network)

    @property
    def keys(self) -> Mapping[Eui64, Secret]:
        """The preconfigured link key of each device that has one."""
        return self._keys

    @property
    def remaining(self) -> float:
        """The seconds until the network closes; 0 when it is closed."""
        return self._window.remaining(self._clock.monotonic())

    def admits_strangers(self) -> bool:
        """Say whether a device that was not added may become known."""
        return not self._explicit_add()

    def kind(self, device: Eui64) -> KeyKind | None:
        """Return which kind of link key is in use for a device; None without one."""
        if self.is_established(device):
            return KeyKind.ESTABLISHED
        return KeyKind.PRECONFIGURED if device in self._keys else None

    def is_established(self, device: Eui64) -> bool:
        """Say whether a device has proved who it is: a preconfigured key does not (SEC-4)."""
        return self._established.find(device) is not None

    def has_another_key(self, device: Eui64, key: Secret) -> bool:
        """Say whether a device has a link key, and not this one."""
        return self.kind(device) is not None and self._keys.get(device) != key

    def established(self, device: Eui64) -> LinkKey | None:
        """Return the key that was established with a device, and what it showed for it."""
        return self._established.find(device)

    async def establish(self, device: Eui64, key: LinkKey) -> None:
        """Keep a key that was established, and use it in the place of the earlier one.

        Raises DeliveryError or RefusedError when the radio did not take it; it is kept even so.
        """
        check_link_key(key.key)
        counters = self._established.keep(device, key)
        await self._radio.establish_link_key(device, key.key, counters)

    async def set_key(self, device: Eui64, key: Secret) -> None:
        """Keep a device's link key, and let it join with it.

        Raises ParameterError for a key that has not 16 octets, DeliveryError when the radio did
        not take it; it is kept even so, and registered at the next start.
        """
        check_link_key(key)
        if self._keys.get(device, key) != key:
            self._established.drop(device)  # another device, or one that was reset
        self._keys[device] = key
        await self._radio.set_link_key(device, key)

    def drop_key(self, device: Eui64) -> None:
        """Forget a device's link keys, if it has any. The radio is told with its `forget`."""
        self._keys.pop(device, None)
        self._established.drop(device)

    async def push_keys(self) -> None:
        """Register all link keys with a radio that has just been started."""
        for device, key in tuple(self._keys.items()):
            try:
                await self._radio.set_link_key(device, key)
            except SebridgeError as error:
                _LOGGER.warning("the radio did not take the link key of %s: %s", device, error)
        for device, kept in self._established.items():
            counters = self._established.counters(device)
            try:
                await self._radio.establish_link_key(device, kept.key, counters)
            except SebridgeError as error:
                _LOGGER.warning("the radio did not take the new key of %s: %s", device, error)

    @override
    async def stop(self) -> None:
        """Stop, and keep the frame counters as they are."""
        await super().stop()
        self._established.settle()

    def key_gone(self, device: Eui64) -> None:
        """Know that a device joined anew, with the key that it was made with.

        It was reset, or is another one with its address: what it proved before counts no more.
        """
        if self.is_established(device):
            _LOGGER.info("%s joined anew: it has to prove again who it is", device)
            self._established.drop(device)

    async def open(self, seconds: int, only: Eui64 | None = None) -> None:
        """Open the network for so many seconds, up to a day; 0 closes it at once.

        With `only` it is for this device, and for those for which it is open already.

        Raises ParameterError for another time, and what the radio raises when it refuses; then
        the network is not counted as open.
        """
        self._window.open(seconds, self._clock.monotonic(), only)
        self._stop_keeper()
        try:
            await self._permit_joining(self._window.opening(self._clock.monotonic()))
        except SebridgeError:
            self._window.close()
            self._tell()
            raise
        self._tell()
        self._stop_keeper()  # of an opening that was asked for meanwhile
        if self.remaining:
            self._keeper = self.spawn(self._keep_open(), "keep the network open")

    def _stop_keeper(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None

    def _on_network(self, signal: NetworkChanged) -> None:
        if signal.joined and self.remaining:
            self._stop_keeper()
            self._keeper = self.spawn(self._open_again(), "open the network again")

    async def _open_again(self) -> None:
        await self._permit(self._window.opening(self._clock.monotonic()))
        self._tell()
        await self._keep_open()

    async def _keep_open(self) -> None:
        """Open the network again and again until the time is over, then close it."""
        await self._clock.sleep(self._window.next_step(self._clock.monotonic()))
        while seconds := self._window.opening(self._clock.monotonic()):
            taken = await self._permit(seconds)
            wait = self._window.next_step(self._clock.monotonic())
            await self._clock.sleep(wait if taken else min(wait, RETRY_AFTER))
        self._window.close()
        await self._permit(0)
        self._tell()

    async def _permit(self, seconds: int) -> bool:
        try:
            await self._permit_joining(seconds)
        except SebridgeError as error:
            _LOGGER.warning("joining could not be set to %d s: %s", seconds, error)
            return False
        return True

    async def _permit_joining(self, seconds: int) -> None:
        window = self._window
        await self._radio.permit_joining(seconds, window.awaited, others=window.is_for_all)

    def _tell(self) -> None:
        self._bus.send(JoiningChanged(self.remaining))
