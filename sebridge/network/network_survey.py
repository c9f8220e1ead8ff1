"""Ask the routers of the network whom they hear, one question at a time."""

from collections.abc import Callable, Iterator, Sequence
import logging
from typing import Any, Final

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DeliveryError,
    DeviceRefusedError,
    MalformedAnswerError,
    RefusedError,
)
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.network_map import (
    MapNode,
    NetworkMap,
    ToldTables,
    Unheard,
    kind_of,
    network_map,
)
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.radio import NetworkState
from sebridge.zcl.zdo import LogicalType, ZdoCommand, ZdoStatus

_LOGGER = logging.getLogger(__name__)

LONGEST_ANSWER: Final = 5.0  # seconds: a router is awake
LONGEST_SURVEY: Final = 50.0  # seconds: less than a synchronous request may block
MOST_QUESTIONS: Final = 64  # for one table

_FAILURES: Final = (
    AnswerTimeoutError,
    DeliveryError,
    DeviceRefusedError,
    MalformedAnswerError,
)


class NetworkSurvey:
    """Makes a map of the network of what its routers answer, and of the bindings that are known.

    `own` tells where the gateway itself is, `own_name` is how it is called.
    """

    def __init__(
        self,
        zdo: ZdoClient,
        directory: Directory,
        bindings: RemoteBindings,
        clock: Clock,
        own: Callable[[], NetworkState],
        own_name: str,
    ) -> None:
        self._zdo = zdo
        self._directory = directory
        self._bindings = bindings
        self._clock = clock
        self._own = own
        self._own_name = own_name
        self._is_under_way = False

    async def take(self) -> NetworkMap:
        """Ask all routers that are there for their tables, and return the map, within 50 s.

        Who does not tell is named in it. RefusedError while another is under way.
        """
        if self._is_under_way:
            raise RefusedError("a map of the network is being made already; ask when it is done")
        self._is_under_way = True
        try:
            return await self._survey(self._clock.monotonic() + LONGEST_SURVEY)
        finally:
            self._is_under_way = False

    async def _survey(self, until: float) -> NetworkMap:
        own = self._own()
        nodes = [self._own_node(own), *(_node(known) for known in self._directory)]
        tables: dict[Eui64, ToldTables] = {}
        unheard: list[Unheard] = []
        for router in self._routers(own, nodes):
            try:
                neighbors = await self._table(router.address, until, ZdoCommand.Mgmt_Lqi_req)
                tables[router.address] = ToldTables(neighbors=neighbors)
                routes = await self._table(router.address, until, ZdoCommand.Mgmt_Rtg_req)
                tables[router.address] = ToldTables(neighbors=neighbors, routes=routes)
            except _FAILURES as error:
                told = Unheard(address=router.address, name=router.name, reason=str(error))
                unheard.append(told)
            else:
                await self._read_bindings(router.address, until)
        return network_map(nodes, tables, unheard, self._bindings.listed())

    async def _read_bindings(self, device: Eui64, until: float) -> None:
        """Learn what a router has bound; one that does not tell may have no table at all."""
        left = until - self._clock.monotonic()
        if left <= 0 or device == self._own().address:
            return
        try:
            await self._clock.within(min(left, LONGEST_ANSWER), self._bindings.read(device))
        except _FAILURES as error:
            _LOGGER.info("the bindings of %s are not told: %s", device, error)

    def _own_node(self, own: NetworkState) -> MapNode:
        short = NetworkAddress(own.nwk) if own.joined else None
        kind = kind_of(own.node.logical_type)
        return MapNode(address=own.address, short=short, kind=kind, name=self._own_name)

    def _routers(self, own: NetworkState, nodes: Sequence[MapNode]) -> Iterator[MapNode]:
        """Return who has tables: the gateway, and all others but end devices."""
        silent = kind_of(LogicalType.END_DEVICE)
        for node in nodes:
            if node.address == own.address or (node.short is not None and node.kind != silent):
                yield node

    async def _table(self, device: Eui64, until: float, question: ZdoCommand) -> Sequence[Any]:
        """Read a table, some entries at a time; what comes of the rest is up to the device."""
        entries: list[Any] = []
        for _ in range(MOST_QUESTIONS):
            fields = await self._ask(device, until, question, len(entries))
            if fields["Status"] != ZdoStatus.SUCCESS:
                status = f"0x{fields['Status']:02X}"
                raise DeviceRefusedError(f"{device} refused {question.name} with status {status}")
            total, _start, more = list(fields.values())[1:]
            entries += more
            if not more or len(entries) >= total:
                break
        return entries

    async def _ask(self, device: Eui64, until: float, question: ZdoCommand, start: int) -> Any:
        left = until - self._clock.monotonic()
        own = device == self._own().address
        if left <= 0:
            raise AnswerTimeoutError(f"the time for the map was over before {device} was asked")
        if not own and not self._directory.is_active(device):
            raise AnswerTimeoutError(f"{device} is offline, and was not asked")
        answer = self._zdo.ask(device, question, start)
        try:
            return await self._clock.within(min(left, LONGEST_ANSWER), answer)
        except AnswerTimeoutError as error:
            raise AnswerTimeoutError(f"{device} did not answer {question.name}") from error


def _node(known: KnownDevice) -> MapNode:
    """Return a known device; one that sleeps routes nothing, whatever it says that it is."""
    node = known.node_descriptor
    told = None if node is None else node.logical_type
    return MapNode(
        address=known.eui64,
        short=None if known.nwk is None else NetworkAddress(known.nwk),
        kind=kind_of(LogicalType.END_DEVICE if known.is_sleepy else told),
        name=known.title,
    )
