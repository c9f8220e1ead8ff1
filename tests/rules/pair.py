"""Two stations of one ether, the gateway and a device, each with one side of a cluster more."""

from typing import Any

from msgspec.structs import replace

from sebridge.base.clock import VirtualClock
from sebridge.gateway.cluster import LocalCluster, Outcome
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.network.peer import Peer
from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_application import COORDINATOR
from sebridge.schedule.runner import ScheduleRunner
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE
from tests.api.home import DISPLAY, Collections, Home, house_security

SERVER = Peer(COORDINATOR, SE_ENDPOINT, SE_PROFILE)


class Pair:
    """The gateway serves, the display asks. Both have proved who they are before."""

    def __init__(self, clock: VirtualClock, server: LocalCluster, client: LocalCluster) -> None:
        collections = Collections()
        self.home = Home(clock, [DISPLAY], collections, house=house_security(collections))
        self.server, self.client, self.clock = server, client, clock
        (self.device,) = self.home.house.household.devices.values()
        self._gateway_endpoint = with_cluster(self.home.gateway.endpoints, SE_ENDPOINT, server)
        endpoint_id = self.device.endpoint.endpoint_id
        self.device.endpoint = with_cluster(self.device.endpoints, endpoint_id, client)
        self._runner = ScheduleRunner(clock)
        self._frames: list[tuple[bool, Frame, AirFrame]] = []
        self.home.ether.watch(self._watch)

    async def start(self) -> "Pair":
        await self.home.start()
        return self

    async def stop(self) -> None:
        await self._runner.stop()
        await self.home.stop()

    async def serve_time(self) -> None:
        """Let the server do what becomes due."""
        server: Any = self.server
        self._runner.serve(server, self._carry_out)
        await self._runner.start()

    async def client_does(self, outcome: Outcome) -> None:
        """Carry out what the client wants; let the answers arrive."""
        self.device.carry_out(self.client, outcome)
        self._runner.wake()
        await self.clock.advance(1)

    async def server_does(self, outcome: Outcome) -> None:
        self._carry_out(outcome)
        await self.clock.advance(1)

    def _carry_out(self, outcome: Outcome) -> None:
        self.home.gateway.router.carry_out(self._gateway_endpoint, self.server, outcome)

    def at_server(self, kind: type[Any]) -> list[Any]:
        """Return the list that the gateway's news of a kind will be in."""
        found: list[Any] = []
        self.home.bus.listen(kind, found.append)
        return found

    def at_client(self, kind: type[Any]) -> list[Any]:
        """Return the list that the device's news of a kind will be in."""
        found: list[Any] = []
        self.device.bus.listen(kind, found.append)
        return found

    @property
    def commands(self) -> list[tuple[bool, int]]:
        """The cluster's commands on the air: whether the server sent it, and which."""
        return [(f.from_server, f.command_id) for _, f, _ in self._frames if f.cluster_specific]

    @property
    def encrypted(self) -> bool:
        """Whether everything of the cluster that was on the air was encrypted."""
        return bool(self._frames) and all(air.lock is not None for _, _, air in self._frames)

    def _watch(self, air: AirFrame) -> None:
        if air.profile_id and air.cluster_id == self.server.cluster_id:
            self._frames.append((air.source == COORDINATOR, Frame.parse(air.data), air))


def with_cluster(endpoints: LocalEndpoints, endpoint_id: int, cluster: LocalCluster) -> Endpoint:
    """Put a cluster on an endpoint that is there already; return the endpoint."""
    endpoint = endpoints[endpoint_id]
    more = replace(endpoint, clusters=(*endpoint.clusters, cluster))
    endpoints.add(more)
    return more
