"""From the configuration to a Radio; the only place that names the kinds of radio."""

from collections.abc import Mapping, MutableMapping, Sequence
import importlib
from typing import Any, Final, NamedTuple

from zigpy.application import ControllerApplication
import zigpy.config
import zigpy.types as t

from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import ether_application
from sebridge.radio.member_radio import MemberRadio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.network_plan import configured_plan
from sebridge.radio.zdo_server import Binding
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import SIMULATED, RadioOptions
from sebridge.zcl.zdo import SimpleDescriptor

_SIMULATED_NETWORK: Final[Mapping[str, Any]] = {  # the same after every start
    zigpy.config.CONF_NWK_CHANNEL: 15,
    zigpy.config.CONF_NWK_PAN_ID: 0x5EB1,
    zigpy.config.CONF_NWK_EXTENDED_PAN_ID: t.ExtendedPanId.convert("0e:5e:b1:00:00:00:00:00"),
}


class _Library(NamedTuple):
    """Where an adapter lives, and what brings its library."""

    module: str
    application: str
    extra: str | None = None


_Libraries = Mapping[str, _Library]

_LIBRARIES: Final[_Libraries] = {
    "ezsp": _Library("sebridge.radio.ezsp.application", "EzspApplication"),
    "xbee": _Library("sebridge.radio.xbee.application", "XBeeApplication"),
    "znp": _Library("sebridge.radio.znp.application", "ZnpApplication", extra="znp"),
}
_MEMBERS: Final[_Libraries] = {
    "ezsp": _Library("sebridge.radio.ezsp.member", "EzspMember"),
    "xbee": _Library("sebridge.radio.xbee.member", "XbeeMember"),
}
"""The same, for radios that join the network of another."""


def make_radio(
    options: RadioOptions,
    endpoints: Sequence[SimpleDescriptor],
    bindings: MutableMapping[Binding, bool],
    clock: Clock,
    guard: NetworkGuard,
    ether: Ether | None = None,
) -> ZigpyRadio:
    """Return the radio that the configuration asks for; nothing is opened before it is started.

    `ether` is the air of a simulated radio, whose network is a new one after each start: `guard` is
    for the others. ConfigError when the kind is unknown, the path is missing, or the library of
    that kind of radio is not installed.
    """
    application: type[ControllerApplication]
    if options.type == SIMULATED:
        if ether is None:
            raise ConfigError(["radio.type: a simulated radio needs a simulated air"])
        application = ether_application(ether)
        config = zigpy_config(options, SIMULATED)
        config[zigpy.config.CONF_WATCHDOG_ENABLED] = False
        guard = NetworkGuard({})
        config[zigpy.config.CONF_NWK] = _SIMULATED_NETWORK | config[zigpy.config.CONF_NWK]
    else:
        application, config = hardware(options)
    return ZigpyRadio(application, config, options.type, endpoints, bindings, clock, guard)


def make_member_radio(
    options: RadioOptions,
    endpoints: Sequence[SimpleDescriptor],
    bindings: MutableMapping[Binding, bool],
    clock: Clock,
) -> MemberRadio:
    """Return the radio of a router or display, which is no simulated one.

    ConfigError as for `make_radio`, for a kind that can only form networks, and for a wrong
    installation code.
    """
    application, config = hardware(options, _MEMBERS)
    plan = configured_plan(options)
    return MemberRadio(application, config, options.type, endpoints, bindings, clock, plan)


def hardware(
    options: RadioOptions, libraries: _Libraries = _LIBRARIES
) -> tuple[type[Any], dict[str, Any]]:
    """Return the application of a radio that is no simulated one, and its configuration.

    ConfigError as `make_radio` raises it.
    """
    application, extra_config = _load(options.type, libraries)
    if not options.path:
        problem = f"radio.path: is missing; a radio of type {options.type} needs a serial port"
        raise ConfigError([f"{problem} or socket://host:port"])
    return application, zigpy_config(options, options.path) | dict(extra_config)


def _load(kind: str, libraries: _Libraries) -> tuple[type[Any], Mapping[str, Any]]:
    """Import an adapter only when it is asked for: the others may not be installed."""
    library = libraries.get(kind)
    if library is None:
        kinds = ", ".join((*libraries, SIMULATED))
        raise ConfigError([f"radio.type: {kind!r} is none of {kinds}"])
    try:
        module = importlib.import_module(library.module)
    except ImportError as error:
        remedy = (
            f"pip install 'sebridge[{library.extra}]'" if library.extra else "reinstall sebridge"
        )
        problem = f"radio.type: the library for {kind} radios is not installed; {remedy}"
        raise ConfigError([problem]) from error
    return getattr(module, library.application), getattr(module, "CONFIG", {})


def zigpy_config(options: RadioOptions, path: str) -> dict[str, Any]:
    """Return zigpy's configuration: this port, this network, nothing stored and nothing fetched."""
    flow_control = options.flow_control if options.flow_control != "none" else None
    network = {
        zigpy.config.CONF_NWK_CHANNEL: options.channel,
        zigpy.config.CONF_NWK_PAN_ID: options.pan_id,
        zigpy.config.CONF_NWK_EXTENDED_PAN_ID: None
        if options.extended_pan_id is None
        else t.ExtendedPanId(bytes(options.extended_pan_id)),
        zigpy.config.CONF_NWK_KEY: options.network_key and list(options.network_key.reveal()),
    }
    return {
        zigpy.config.CONF_DEVICE: {
            zigpy.config.CONF_DEVICE_PATH: path,
            zigpy.config.CONF_DEVICE_BAUDRATE: options.baudrate,
            zigpy.config.CONF_DEVICE_FLOW_CONTROL: flow_control,
        },
        zigpy.config.CONF_NWK: {k: v for k, v in network.items() if v is not None},
        zigpy.config.CONF_DATABASE: None,
        zigpy.config.CONF_OTA: {
            zigpy.config.CONF_OTA_ENABLED: False,
            zigpy.config.CONF_OTA_BROADCAST_ENABLED: False,
            zigpy.config.CONF_OTA_PROVIDERS: [],  # or the default ones would be loaded
        },
        zigpy.config.CONF_TOPO_SCAN_ENABLED: False,
        zigpy.config.CONF_NWK_BACKUP_ENABLED: False,
    }
