"""A stick that is opened for its network alone: to look at it, form it, keep and restore it."""

from collections.abc import Mapping
from dataclasses import dataclass
import logging
from typing import Any, Final

from typing_extensions import override
from zigpy.backups import NetworkBackup
import zigpy.config
from zigpy.exceptions import DestructiveWriteNetworkSettings, NetworkNotFormed

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError, DeliveryError, RefusedError
from sebridge.radio.address_book import AddressBook
from sebridge.radio.backup_document import keys_of, raised, read
from sebridge.radio.factory import hardware
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.network_backup import check_tells_keys, document_of
from sebridge.radio.network_guard import FormedNetwork, NetworkGuard
from sebridge.radio.network_plan import planned
from sebridge.radio.passive import PassiveApplication, made_passive
from sebridge.radio.radio import NetworkPlan
from sebridge.radio.reception import Reception
from sebridge.radio.startup import LONGEST_START, keep_keys_out_of_logs, plain_words
from sebridge.radio.transmitter import RadioCounters
from sebridge.radio.zigpy_words import from_zigpy
from sebridge.settings.options import SIMULATED, RadioOptions

_LONGEST_WRITE: Final = 300.0  # seconds; a stick with many devices takes a minute
_XBEE: Final = "xbee"


@dataclass(frozen=True, slots=True)
class StickNetwork:
    """What a stick says of itself, and of its network."""

    formed: FormedNetwork
    pan_id: int
    channel: int
    model: str
    firmware: str

    @override
    def __str__(self) -> str:
        return f"{self.formed}, PAN 0x{self.pan_id:04x}, channel {self.channel}"


class Stick:
    """Nothing is heard and nothing is said while it is open; `close` lets go of it.

    ConfigError where nothing at the port answers as such a radio, or the radio is a simulated one.
    """

    def __init__(self, options: RadioOptions, plan: NetworkPlan, clock: Clock) -> None:
        if options.type == SIMULATED:
            raise ConfigError(["radio.type: a simulated radio has no network of its own to keep"])
        library, config = hardware(options)
        config[zigpy.config.CONF_NWK] = planned(config[zigpy.config.CONF_NWK], plan)
        self._kind = options.type
        self._clock = clock
        application = made_passive(library)(config)
        application.taker = Reception(
            application, AddressBook(), RadioCounters(), FrameRecorder(clock), clock
        )
        application.guard = NetworkGuard({})
        self._application: PassiveApplication = application

    async def open(self) -> None:
        """Connect."""
        keep_keys_out_of_logs(logging.ERROR)
        try:
            with plain_words(self._application, self._kind):
                await self._clock.within(LONGEST_START, self._application.connect())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the stick; its network goes on."""
        await self._application.shutdown(db=False)

    async def network(self) -> StickNetwork | None:
        """Return the network of the stick; None where it has none.

        NotJoinedError for one that is a router or end device in the network of others.
        """
        with plain_words(self._application, self._kind):
            return await self._clock.within(LONGEST_START, self._look())

    async def form(self) -> StickNetwork:
        """Form a new network by the plan; the one before is gone."""
        with plain_words(self._application, self._kind):
            return await self._clock.within(_LONGEST_WRITE, self._form())

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Return the document of its network, which holds keys.

        `addresses` are the network addresses of devices that the stick may not know. RefusedError
        where this kind of stick does not tell its keys, DeliveryError where it has no network.
        """
        check_tells_keys(self._kind)
        with plain_words(self._application, self._kind):
            network = await self._clock.within(LONGEST_START, self._look(load_devices=True))
        if network is None:
            raise DeliveryError("the radio has no network")
        return document_of(self._application, addresses)

    async def restore(self, document: Any) -> tuple[StickNetwork, list[Eui64]]:
        """Write the network of a document, in the place of what is there; all is checked before.

        Returns what the stick has then, and the devices whose link keys it did not take.
        DecodeError for a wrong document, RefusedError where this stick cannot have that network.
        """
        if self._kind == _XBEE:
            raise RefusedError("an XBee cannot be given a network with its keys and counters")
        backup = raised(read(document))
        with plain_words(self._application, self._kind):
            network = await self._clock.within(_LONGEST_WRITE, self._restore(backup))
        held = keys_of(self._application.state.network_info)
        wanted = keys_of(backup.network_info)
        return network, [device for device, key in wanted.items() if held.get(device) != key]

    # ------------------------------------------------------------------ one after the other

    async def _look(self, *, load_devices: bool = False) -> StickNetwork | None:
        application = self._application
        try:
            await application.load_network_info(load_devices=load_devices)
        except NetworkNotFormed:
            return None
        state = application.state
        return StickNetwork(
            application.formed,
            int(state.network_info.pan_id),
            int(state.network_info.channel),
            state.node_info.model or "",
            state.node_info.version or "",
        )

    async def _form(self) -> StickNetwork:
        await self._application.reset_network_info()
        await self._application.form_network()
        return await self._there()

    async def _restore(self, backup: NetworkBackup) -> StickNetwork:
        application = self._application
        try:
            await application.backups.restore_backup(backup, counter_increment=0, create_new=False)
        except DestructiveWriteNetworkSettings as error:
            problem = (
                "the backup is of a stick with another EUI-64, and this one can take an EUI-64 only"
                " once in its life: devices know their trust centre by it. Use a stick that can, or"
                " form a new network"
            )
            raise RefusedError(problem) from error
        network = await self._there()
        if network.formed.extended_pan_id != from_zigpy(backup.network_info.extended_pan_id):
            raise DeliveryError("the stick has not taken the network of the backup")
        return network

    async def _there(self) -> StickNetwork:
        network = await self._look(load_devices=True)
        if network is None:
            raise DeliveryError("the stick has not kept the network that was written into it")
        return network
