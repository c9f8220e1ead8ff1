"""Requests about the gateway itself: version, help, registry, its end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.errors import ParameterError, RequestError
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, Method, method
from sebridge.settings.entries import ENTRIES

Value = bool | int | float | str | None

_OWN: Final = "sebridge."


class Settings(Protocol):
    """The registry, as far as requests need it."""

    def get(self, name: str) -> Value:
        """Return a setting; raise ParameterError when there is none of that name."""

    def set(self, name: str, value: Value) -> None:
        """Change a setting; raise RequestError for a wrong value."""

    def described(self) -> Iterable[tuple[str, Value, str]]:
        """Return name, value and help of each setting."""


class Described(msgspec.Struct, frozen=True):
    """Something that `help` lists."""

    name: str
    module: str
    description: str


class DescribedMethod(msgspec.Struct, frozen=True):
    """A method that `help` lists, with the interface that it belongs to."""

    name: str
    interface: str
    module: str
    description: str


class DescribedSetting(msgspec.Struct, frozen=True):
    """A setting that `help` lists."""

    name: str
    value: Value
    description: str


class GetVersionResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The version of a module."""

    module_name: str
    version: Any
    version_extended: Any


class HelpResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The sections that were asked for; without any, the names of the sections."""

    registry: Sequence[DescribedSetting] | Absent | None = ABSENT
    methods: Sequence[DescribedMethod] | Absent | None = ABSENT
    interfaces: Sequence[Described] | Absent | None = ABSENT
    endpoints: Sequence[Described] | Absent | None = ABSENT
    clusters: Sequence[Described] | Absent | None = ABSENT
    records: Sequence[Described] | Absent | None = ABSENT
    paths: Sequence[str] | Absent | None = ABSENT


class RegistryConfigurationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A setting's value, and for a change what became of it."""

    name: str
    write_status: bool | Absent = ABSENT
    write_errors: str | Absent = ABSENT
    value: Value


class ModuleVersion(msgspec.Struct, frozen=True):
    """What a module of the user says of its version, in plain values."""

    version: Any
    version_extended: Any


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """What `help` tells besides methods and settings, and the versions that get_version tells.

    `paths` are the folders from which modules of the user are imported; it may grow.
    """

    versions: Mapping[str, str]
    version_extended: Mapping[str, str]
    modules: Mapping[str, ModuleVersion] = msgspec.field(default_factory=dict)
    interfaces: Sequence[Described] = ()
    endpoints: Sequence[Described] = ()
    clusters: Sequence[Described] = ()
    records: Sequence[Described] = ()
    paths: Sequence[str] = ()


def _needed_for_setting(_group: object, arguments: Mapping[str, Any]) -> Scope:
    changes = arguments.get("value", ABSENT) is not ABSENT
    guards = any(entry.secured and arguments["name"] in entry.names for entry in ENTRIES)
    return Scope.ADMIN if changes and guards else Scope.COMMAND


class GatewayMethods:
    """Requests that need nothing but the gateway.

    `catalogue` tells what there is now, `exit_process` ends the gateway some moments later.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        settings: Settings,
        methods: Mapping[str, Method],
        catalogue: Callable[[], Catalogue],
        exit_process: Callable[[], object],
    ) -> None:
        self._settings = settings
        self._exit = exit_process
        self._methods = methods
        self._catalogue = catalogue

    @method(scope=Scope.READ)
    async def get_version(self, module_name: str = "Version") -> GetVersionResponse:
        """Return the version of one module; without module_name that of the whole gateway.

        Modules are those of the user, those of the gateway, with or without `sebridge.` before
        their name or as the first gateways called them (RPC_SE_Interface), and the libraries that
        it is built on.
        """
        catalogue = self._catalogue()
        module = catalogue.modules.get(module_name)
        if module is not None:
            return GetVersionResponse(
                module_name=module_name,
                version=module.version,
                version_extended=module.version_extended,
            )
        versions = catalogue.versions
        version = versions.get(module_name, versions.get(f"{_OWN}{module_name}"))
        if version is None:
            libraries = (name for name in versions if not name.startswith(_OWN))
            known = ", ".join((*libraries, *catalogue.modules))
            raise ParameterError("module_name", f"must be one of the gateway's or of {known}")
        extended = catalogue.version_extended if module_name == "Version" else {}
        return GetVersionResponse(
            module_name=module_name, version=version, version_extended=extended
        )

    @method(scope=Scope.READ)
    async def help(  # the parameters of the RPC reference
        self,
        *,
        registry: Any = ABSENT,
        methods: Any = ABSENT,
        interfaces: Any = ABSENT,
        endpoints: Any = ABSENT,
        clusters: Any = ABSENT,
        records: Any = ABSENT,
        paths: Any = ABSENT,
    ) -> HelpResponse:
        """List methods, settings or classes; each wanted section is named with a null value.

        Without any parameter the names of the sections are returned.
        """
        asked = {
            "registry": registry,
            "methods": methods,
            "interfaces": interfaces,
            "endpoints": endpoints,
            "clusters": clusters,
            "records": records,
            "paths": paths,
        }
        wanted = [name for name, value in asked.items() if value is not ABSENT]
        if not wanted:
            return HelpResponse(**dict.fromkeys(asked))
        sections: dict[str, Any] = {name: self._section(name) for name in wanted}
        return HelpResponse(**sections)

    @method(scope=Scope.ADMIN)
    async def exit(self) -> None:
        """End the process, once this is answered; whoever watches over it starts it again."""
        self._exit()

    @method(needs=_needed_for_setting)
    async def registry_configuration(
        self, name: str, value: Any = ABSENT
    ) -> RegistryConfigurationResponse:
        """Read a registry setting, or with a value change it; changes survive a power cut.

        Cluster.disable_APS_encryption and ZDO_Device_Manager.require_explicit_device_add are
        changed in the admin scope only.
        """
        present = self._settings.get(name)
        if value is ABSENT:
            return RegistryConfigurationResponse(name=name, value=present)
        if isinstance(value, (dict, list)):
            raise ParameterError("value", "must be a single value")
        try:
            self._settings.set(name, value)
        except RequestError as error:
            return RegistryConfigurationResponse(
                name=name, write_status=False, write_errors=str(error), value=value
            )
        return RegistryConfigurationResponse(name=name, write_status=True, value=value)

    def _section(self, name: str) -> Any:
        if name == "registry":
            return [DescribedSetting(*item) for item in self._settings.described()]
        if name == "methods":
            return [
                DescribedMethod(item.name, item.interface, item.module, item.description)
                for item in self._methods.values()
            ]
        return getattr(self._catalogue(), name)
