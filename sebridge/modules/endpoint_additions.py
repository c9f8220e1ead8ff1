"""Which endpoints and clusters were added, which of them are there, and which may go."""

from collections.abc import Awaitable, Callable, Iterable
import logging

from sebridge.base.errors import FullError, ParameterError, RefusedError, RequestError
from sebridge.modules.additions_store import AdditionsStore, check_room
from sebridge.modules.defaults import (
    PlacedCluster,
    Side,
    check_side,
    is_meant,
    meant,
    named_entry,
    placed_as_it_says,
    stored_cluster,
    stored_endpoint,
)
from sebridge.modules.endpoints import Endpoints
from sebridge.settings.additions import HIGHEST_ENDPOINT, AddedCluster, AddedEndpoint

_LOGGER = logging.getLogger(__name__)


class EndpointAdditions:
    """Adds and removes endpoints and clusters, and keeps what was added.

    A request that fails has changed nothing.
    """

    def __init__(self, store: AdditionsStore, endpoints: Endpoints) -> None:
        self._store = store
        self._endpoints = endpoints
        self._sides: dict[int, Side] = {}  # of the clusters in the store that are there
        self._lent: dict[int | Side, str] = {}  # endpoints and clusters, and to whom

    async def put_together(self) -> None:
        """Make what is kept and is not there; what cannot be made goes on waiting."""
        for endpoint in self._store.endpoints.values():
            if endpoint.endpoint_id not in self._endpoints.placed:
                try:
                    self._endpoints.place(endpoint)
                except RequestError as error:
                    _LOGGER.warning("endpoint 0x%02X waits: %s", endpoint.endpoint_id, error)
        for turn, cluster in self._store.clusters.items():
            if turn not in self._sides:
                try:
                    self._sides[turn] = (await self._endpoints.attach(cluster)).side
                except RequestError as error:
                    _LOGGER.warning("%s waits: %s", named_entry(cluster), error)

    async def drop_classes_of(self, owner: str) -> None:
        """Take away what was made of a module's classes; it waits for them to come back."""
        await self._endpoints.drop_classes_of(owner)
        self._forget_what_went()

    async def stop(self) -> None:
        """Stop what serves the clusters that were added."""
        await self._endpoints.stop()

    async def lend(
        self, endpoints: Iterable[AddedEndpoint], clusters: Iterable[AddedCluster], to: str
    ) -> Callable[[], Awaitable[None]]:
        """Have these endpoints and clusters until what is returned is called; they are not kept.

        `to` is said to those who would remove them meanwhile. All or none: errors as of those that
        are added.
        """
        lent: list[int | Side] = []

        async def take_back() -> None:
            for item in reversed(lent):
                if self._lent.pop(item, None) is None:
                    continue  # it went with its class
                if isinstance(item, int):
                    await self._endpoints.withdraw(item)
                else:
                    await self._endpoints.detach(item)
            self._forget_what_went()

        try:
            for endpoint in endpoints:
                self._endpoints.place(endpoint)
                self._lent[endpoint.endpoint_id] = to
                lent.append(endpoint.endpoint_id)
            for cluster in clusters:
                check_side(cluster.server_or_client)
                side = (await self._endpoints.attach(cluster)).side
                self._lent[side] = to
                lent.append(side)
        except BaseException:
            await take_back()
            raise
        await self.put_together()
        return take_back

    def _check_own(self, item: int | Side) -> None:
        if item in self._lent:
            what = f"endpoint 0x{item:02X}" if isinstance(item, int) else "the cluster"
            raise RefusedError(f"{what} is that of {self._lent[item]} while it runs")

    # ------------------------------------------------------------------ endpoints

    def next_endpoint(self) -> int:
        """Return the lowest number that no endpoint has, nor is kept for one; FullError."""
        for number in range(1, HIGHEST_ENDPOINT + 1):
            if not self._endpoints.is_taken(number) and number not in self._store.endpoints:
                return number
        raise FullError("there is no free endpoint")

    def add_endpoint(self, entry: AddedEndpoint) -> AddedEndpoint:
        """Make an endpoint; return it with the defaults of its class."""
        check_room(self._store.endpoints)
        if entry.endpoint_id in self._store.endpoints:
            raise ParameterError("endpoint_id", f"0x{entry.endpoint_id:02X} is in use")
        filled = self._endpoints.place(entry)
        self._store.endpoints[entry.endpoint_id] = stored_endpoint(entry, filled)
        return filled

    async def remove_endpoint(self, endpoint_id: int) -> None:
        """Remove an endpoint that was added, and the clusters that were added to it."""
        self._check_own(endpoint_id)
        if endpoint_id not in self._store.endpoints:
            if self._endpoints.is_taken(endpoint_id):
                raise RefusedError("only an endpoint that was added can be removed")
            raise ParameterError("endpoint_id", f"the gateway has no endpoint 0x{endpoint_id:02X}")
        is_another = self._endpoints.is_taken(endpoint_id) and (
            endpoint_id not in self._endpoints.placed
        )
        if not is_another:
            for turn, entry in tuple(self._store.clusters.items()):
                if entry.endpoint_id == endpoint_id:
                    del self._store.clusters[turn]
        await self._endpoints.withdraw(endpoint_id)
        self._forget_what_went()
        del self._store.endpoints[endpoint_id]

    # ------------------------------------------------------------------ clusters

    async def add_cluster(self, entry: AddedCluster) -> PlacedCluster:
        """Put a cluster on an endpoint; return it with the defaults of its class."""
        check_side(entry.server_or_client)
        check_room(self._store.clusters)
        placed = await self._endpoints.attach(entry)
        self._sides[self._store.append_cluster(stored_cluster(entry, placed.side))] = placed.side
        return placed

    async def remove_cluster(self, wanted: AddedCluster) -> PlacedCluster:
        """Remove a cluster that was added; an empty class leaves it to identifier and side.

        ParameterError when there is none, RefusedError when it was not added.
        """
        check_side(wanted.server_or_client)
        found = meant(wanted, self._endpoints.clusters)
        if found is None:
            return self._remove_waiting(wanted)
        self._check_own(found.side)
        await self._endpoints.detach(found.side)
        for turn, side in tuple(self._sides.items()):
            if side == found.side:
                del self._sides[turn]
                del self._store.clusters[turn]
        return found

    def _remove_waiting(self, wanted: AddedCluster) -> PlacedCluster:
        for turn, entry in self._store.clusters.items():
            if turn not in self._sides and is_meant(entry, wanted):
                waiting = placed_as_it_says(entry, wanted)
                del self._store.clusters[turn]
                return waiting
        if self._endpoints.has(wanted):
            raise RefusedError("only a cluster that was added can be removed")
        raise ParameterError("endpoint_id", "no such cluster was added to the endpoint")

    def _forget_what_went(self) -> None:
        there = {placed.side for placed in self._endpoints.clusters}
        self._sides = {turn: side for turn, side in self._sides.items() if side in there}
        self._lent = {
            item: to
            for item, to in self._lent.items()
            if item in there or item in self._endpoints.placed
        }
