"""`plugin.yml`: what a plug-in is, what it needs, and what it changes. Pure."""

from collections.abc import Iterator, Mapping
import re
from typing import Final

from sebridge.base.errors import ParameterError
from sebridge.plugin import API_VERSION
from sebridge.plugins.version import NAME, VERSION, Bounds, Dependency
from sebridge.rpc.message import Scope
from sebridge.settings.additions import HIGHEST_ENDPOINT, AddedCluster, AddedEndpoint
from sebridge.settings.declaration import Problem, option, repeated, section
from sebridge.settings.document import Document
from sebridge.settings.kinds import SETTINGS, TEXT, TRUTH, Kind, ListOf, TableOf, text, whole, words
from sebridge.settings.scalar import Scalar
from sebridge.settings.schema import read_file

MANIFEST: Final = "plugin.yml"
"""Its name, at the root of a package."""

DRIVER_MANIFEST: Final = "driver.yml"
"""The name of what a driver says of itself, in its folder."""
DRIVERS: Final = "drivers"
"""The folder of a package in which the folders of its drivers are."""
MOST_DRIVERS: Final = 256

_RESERVED: Final = frozenset({"plugin", "rpc"})
"""`plugin.…` asks for what is a plug-in's own; `rpc.…` is JSON-RPC's: "Request object"."""
_LONGEST_DESCRIPTION: Final = 2_000  # characters
_NO_HOOK: Final = "is not like module:function"
_HOOK: Final = r"[A-Za-z_]\w{0,63}(\.[A-Za-z_]\w{0,63}){0,7}:[A-Za-z_]\w{0,63}"
_HIGHEST: Final = 0xFFFF  # of a profile, device or cluster


def _bounds(scalar: Scalar) -> Bounds:
    return Bounds.read(scalar.text)


def _dependency(scalar: Scalar) -> Dependency:
    return Dependency.read(scalar.text)


def _scope(scalar: Scalar) -> Scope:
    return Scope[_SCOPE.read(scalar).upper()]


def _few(drivers: tuple[str, ...]) -> tuple[str, ...]:
    if len(drivers) > MOST_DRIVERS:
        raise ParameterError("", f"has more than {MOST_DRIVERS} entries")
    return drivers


_SCOPE: Final = words(*(scope.name.lower() for scope in Scope))
SCOPE: Final = Kind(_scope, _SCOPE.allowed, _SCOPE.in_app)
_NAME: Final = text(NAME, "is not a letter and up to 63 letters, digits, _ or -", "a name")
_VERSION: Final = text(VERSION, "is not one to four numbers with dots between", "a version")
_DESCRIPTION: Final = text(
    rf"(?s)[^\x00]{{1,{_LONGEST_DESCRIPTION}}}", f"is longer than {_LONGEST_DESCRIPTION} characters"
)
_HOOK_KIND: Final = text(re.compile(_HOOK, re.ASCII).pattern, _NO_HOOK, "module:function")
_DEPENDENCIES: Final = ListOf(Kind(_dependency, "a name, and bounds like >=1.2, <2"))
_DRIVERS: Final = ListOf(text(NAME, "is not a letter and up to 63 letters, digits, _ or -"), _few)
_ALIASES: Final = TableOf(TEXT, lambda _name: TEXT, "names of aliases, each with its XML")


@section
class EndpointWanted:
    """An endpoint that is there as long as the plug-in runs."""

    endpoint_id: int = option(whole(1, HIGHEST_ENDPOINT), "its number")
    endpoint_class: str = option(TEXT, "the class of the endpoint", default="Endpoint")
    profile_id: int | None = option(whole(0, _HIGHEST), "the profile", default=None)
    device_id: int | None = option(whole(0, _HIGHEST), "the kind of device", default=None)
    device_version: int | None = option(whole(0, 15), "the version of that", default=None)

    @property
    def entry(self) -> AddedEndpoint:
        """The endpoint as a request would add it."""
        return AddedEndpoint(
            endpoint_class=self.endpoint_class,
            endpoint_id=self.endpoint_id,
            profile_id=self.profile_id,
            device_id=self.device_id,
            device_version=self.device_version,
        )


@section
class ClusterWanted:
    """A cluster that is on an endpoint as long as the plug-in runs."""

    endpoint_id: int = option(whole(1, HIGHEST_ENDPOINT), "the endpoint")
    cluster_class: str = option(TEXT, "the class of the cluster", default="ZCL_Cluster")
    cluster_id: int | None = option(whole(0, _HIGHEST), "the cluster", default=None)
    side: str | None = option(words("server", "client"), "of the cluster", default=None)
    encrypted: bool | None = option(TRUTH, "with a link key", default=None)

    @property
    def entry(self) -> AddedCluster:
        """The cluster as a request would add it."""
        return AddedCluster(
            cluster_class=self.cluster_class,
            endpoint_id=self.endpoint_id,
            server_or_client=None if self.side is None else int(self.side == "client"),
            cluster_id=self.cluster_id,
            enable_APS_encryption=self.encrypted,
        )


@section
class Configuration:
    """What is in force as long as the plug-in runs."""

    settings: Mapping[str, bool | int | str] = option(SETTINGS, "registry settings", default={})
    endpoints: tuple[EndpointWanted, ...] = option(ListOf(EndpointWanted), "endpoints", default=())
    clusters: tuple[ClusterWanted, ...] = option(ListOf(ClusterWanted), "clusters", default=())
    aliases: Mapping[str, str] = option(_ALIASES, "aliases for pieces of XML", default={})

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        yield from repeated(
            "endpoints", "endpoint_id", [wanted.endpoint_id for wanted in self.endpoints]
        )


@section
class Hooks:
    """Functions of the plug-in that are called, each as `module:function`."""

    start: str | None = option(_HOOK_KIND, "once it is started", default=None)
    stop: str | None = option(_HOOK_KIND, "before it is stopped", default=None)
    install: str | None = option(_HOOK_KIND, "once it is installed", default=None)
    uninstall: str | None = option(_HOOK_KIND, "before it is removed", default=None)


@section
class Manifest:
    """What a plug-in says of itself."""

    name: str = option(_NAME, "what it is called")
    version: str = option(_VERSION, "one to four numbers with dots between")
    description: str = option(_DESCRIPTION, "what it is for")
    requires_sebridge: Bounds = option(
        Kind(_bounds, "bounds like >=1.2, <2"), "versions of the bridge", default=Bounds()
    )
    requires_api: Bounds = option(
        Kind(_bounds, "bounds like >=1.0, <2"), "versions of sebridge.plugin", default=Bounds()
    )
    dependencies: tuple[Dependency, ...] = option(_DEPENDENCIES, "plug-ins it needs", default=())
    scope: Scope = option(SCOPE, "what its code may call", default=Scope.READ)
    configuration: Configuration = option(
        Configuration, "what is in force while it runs", default=Configuration()
    )
    hooks: Hooks = option(Hooks, "functions that are called", default=Hooks())
    drivers: tuple[str, ...] = option(
        _DRIVERS, f"folders below {DRIVERS}, each with a driver of devices", default=()
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.name in _RESERVED:
            yield ("name",), "is how methods of others begin"
        for place, name in enumerate(self.drivers):
            if name in self.drivers[:place]:
                yield ("drivers", place), f"is that of drivers[{self.drivers.index(name)}]"
        names = [dependency.name for dependency in self.dependencies]
        for place, name in enumerate(names):
            if name == self.name:
                yield ("dependencies", place), "is the plug-in itself"
            elif name in names[:place]:
                yield ("dependencies", place), f"is that of dependencies[{names.index(name)}]"


def read_manifest(octets: bytes) -> Manifest:
    """Return what a `plugin.yml` says; ConfigError names all that is wrong, with keys and lines."""
    return manifest_in(octets)[0]


def manifest_in(octets: bytes) -> tuple[Manifest, Document]:
    """Return what a `plugin.yml` says, and where it says it; ConfigError as `read_manifest`."""
    return read_file(Manifest, octets, MANIFEST)


def check_bridge(manifest: Manifest, version: str) -> None:
    """Raise ParameterError where a plug-in does not go with this version of the bridge."""
    problem = next(unfit(manifest, version), None)
    if problem is not None:
        raise ParameterError("filename", problem[1])


def unfit(manifest: Manifest, version: str) -> Iterator[tuple[str, str]]:
    """Yield the keys by which a plug-in does not go with this version of the bridge, and why."""
    for key, what, bounds, found in (
        ("requires_sebridge", "sebridge", manifest.requires_sebridge, version),
        ("requires_api", "version", manifest.requires_api, API_VERSION),
    ):
        if not bounds.admit(found):
            of_api = " of sebridge.plugin" if key == "requires_api" else ""
            yield key, f"needs {what} {bounds}{of_api}, and this is {found}"
