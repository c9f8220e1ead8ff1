"""What plug-ins answer by HTTP: which of them, at which paths, for whom."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from sebridge.base.errors import RequestError
from sebridge.rpc.message import Scope


class RouteAnswer(msgspec.Struct, frozen=True):
    """What a plug-in answers: status, type and text."""

    status: int
    content_type: str
    body: str


class PluginRequest(msgspec.Struct, frozen=True):
    """What is asked of a plug-in."""

    verb: str
    path: str
    query: Mapping[str, str]
    body: str


class PluginRoute(msgspec.Struct, frozen=True):
    """A route: the scope that it needs, and who answers."""

    scope: Scope
    answer: Callable[[PluginRequest], Awaitable[RouteAnswer]]


class PluginRoutes:
    """All routes there are now, by verb and path: `<plug-in>/<path>`."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], PluginRoute] = {}

    def find(self, verb: str, path: str) -> PluginRoute | None:
        """Return what is at a path."""
        return self._routes.get((verb, path))

    def add(self, verb: str, path: str, route: PluginRoute) -> Callable[[], object]:
        """Have something answered until what is returned is called; RequestError."""
        place = (verb, path)
        if place in self._routes:
            raise RequestError(f"there is a route {verb} {path} already")
        self._routes[place] = route
        return lambda: self._routes.pop(place)
