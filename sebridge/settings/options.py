"""The configuration: every key, in the order of `config.example.yaml`.

A class is a section. Its fields are declared by `option`: what may be written, the words that
follow the key in the example, the default, and how the app for Home Assistant offers it. What was
read is frozen and complete, and was checked by `config.py`. After a change here, run `script/docs`.

The longer sections have files of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.settings.declaration import AppOption, Problem, option, section
from sebridge.settings.default_price import DEFAULT_PRICES, UNITS, DefaultPrice
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.kinds import (
    ADDRESS,
    BROKER,
    FILE,
    GATEWAY_NAME,
    INSTALLATION_CODE,
    MQTT_VERSION,
    NETWORK_KEY,
    PASSWORD,
    PIN,
    PORT,
    SETTINGS,
    TEXT,
    TOPIC,
    TRUTH,
    TRUTH_OR_AUTO,
    USER,
    ListOf,
    TableOf,
    number,
    number_or_off,
    one_of,
    whole,
    words,
)
from sebridge.settings.openadr_options import OpenAdrOptions
from sebridge.settings.ota_options import OtaOptions
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.plugwise_options import PlugwiseOptions
from sebridge.settings.price_source import PriceSourceOptions
from sebridge.settings.rpc_options import RpcOptions
from sebridge.settings.simulator_options import FASTEST_OF_MODULE, SimulatorOptions

PREPAYMENT: Final = "prepayment"
"""The optional cluster that tops up prepayment meters."""
TUNNELING: Final = "tunneling"
"""The optional cluster that opens tunnels to devices."""

SIMULATED: Final = "simulated"
"""The type of a radio that is the simulated air itself; the path of an emulated module on it."""

_JOINING: Final = ("ezsp", "xbee", SIMULATED)
"""Types of radio that can be a router in the network of another."""

ENGLISH: Final = "en"
GERMAN: Final = "de"

_LEVEL: Final = words("debug", "info", "warning", "error")


@section
class GatewayOptions:
    """Who we are.

    `coordinator`: the energy service interface that forms the network and is its trust centre.
    `router`: one that joins a network. `display`: an in-premise display that joins and listens.
    """

    name: str = option(
        GATEWAY_NAME,
        "a-z 0-9 _ -; part of every topic, so two gateways on a broker need two names",
        default="home",
        app=AppOption(
            "Name of the gateway",
            "Part of every topic. Lower-case letters, digits, _ and -. Two gateways on one broker"
            " need two names.",
        ),
    )
    role: str = option(
        words("coordinator", "router", "display"),
        "coordinator: we form the network; router, display: we join one",
        default="coordinator",
        app=AppOption(
            "Role",
            "coordinator: the bridge forms the network of your home. router: it joins another"
            " network and serves the devices there. display: it joins the network of a meter and"
            " listens.",
        ),
    )
    message_pin: Secret | None = option(
        PIN,
        "4 to 16 digits, with which a display shows protected messages; best as"
        " !secret message_pin",
        default=None,
        app=AppOption(
            "PIN for protected messages",
            "4 to 16 digits, which a display asks for before it shows a protected message.",
            optional=True,
        ),
    )
    optional_clusters: tuple[str, ...] = option(
        ListOf(words(PREPAYMENT, TUNNELING)),
        "prepayment: top up meters; tunneling: octets of other protocols to and from meters",
        default=(),
        example=(PREPAYMENT, TUNNELING),
        app=AppOption(
            "Optional clusters",
            "prepayment: top up prepayment meters. tunneling: speak other protocols with meters"
            " through tunnels. Without any, devices are not told of them.",
        ),
    )


@section
class ModuleOptions:
    """What is in the emulated module, in use when the radio's path is `simulated`."""

    ezsp_version: int = option(
        one_of(8, 13, 14, 19),
        "of a radio of type ezsp: 8 (EmberZNet 6.7), 13 (7.3), 14 (8.0) or 19 (9.1)",
        default=13,
    )
    firmware: str = option(
        words("zb", "se"),
        "of a radio of type xbee: zb, an XBee 3, or se, Smart Energy, which makes keys itself",
        default="zb",
    )


@section
class RadioOptions:
    """Which radio, and where. `path` is a serial port or socket://host:port."""

    type: str = option(
        words("ezsp", "xbee", "znp", SIMULATED),
        "ezsp (Silicon Labs), xbee (Digi), znp (Texas Instruments) or simulated",
        default=SIMULATED,
        app=AppOption(
            "Kind of radio",
            "ezsp (Silicon Labs), xbee (Digi), znp (Texas Instruments), or simulated for a try"
            " without hardware.",
            must_be_chosen=True,
        ),
    )
    path: str | None = option(
        TEXT,
        "/dev/serial/by-id/..., socket://host:port, or simulated for an emulated module of that"
        " type; needed unless the type is simulated",
        default=None,
        app=(
            AppOption(
                "Serial port of the radio",
                "Choose the name in /dev/serial/by-id, as it stays the same. Leave empty for a"
                " radio on the network.",
                takes="device(subsystem=tty)",
                optional=True,
            ),
            AppOption(
                "Network address of the radio",
                "For a radio behind a network adapter, such as socket://192.168.1.20:6638. Used"
                " instead of the serial port.",
                key="radio_address",
                takes="match(^socket://[^ ]+:[0-9]+$)",
                optional=True,
            ),
        ),
    )
    baudrate: int = option(
        whole(300, 4_000_000),
        "bits per second of a serial port",
        default=115_200,
        app=AppOption(
            "Speed of the serial port", "Bits per second. Without a value, 115200.", optional=True
        ),
    )
    flow_control: str | None = option(
        words("hardware", "software", "none"),
        "hardware, software or none; without a value: what the type usually has",
        default=None,
        app=AppOption(
            "Flow control of the serial port",
            "Without a value, what this kind of radio usually has.",
            optional=True,
        ),
    )
    channel: int | None = option(
        whole(11, 26),
        "11 to 26, for a network to be formed; without a value the radio chooses",
        default=None,
        app=AppOption(
            "ZigBee channel",
            "11 to 26, used only when a network is formed. Without a value the radio chooses.",
            optional=True,
        ),
    )
    pan_id: int | None = option(
        whole(0, 0xFFFE),
        "0x0000 to 0xFFFE, for a network to be formed; without a value the radio chooses",
        default=None,
    )
    extended_pan_id: Eui64 | None = option(
        ADDRESS,
        "eight octets like 00:0d:6f:00:0a:00:00:01; without a value the radio chooses",
        default=None,
    )
    network_key: Secret | None = option(
        NETWORK_KEY,
        "32 hex digits, best as !secret network_key; without a value a random one is made",
        default=None,
    )
    link_key: Secret | None = option(
        NETWORK_KEY,
        "32 hex digits, with which a router or display joins, or who has none joins ours",
        default=None,
        app=AppOption(
            "Link key",
            "32 hex digits, with which the bridge joins another network; as coordinator, with"
            " which devices join that have no installation code. It is never shown in the log.",
            optional=True,
        ),
    )
    installation_code: Secret | None = option(
        INSTALLATION_CODE,
        "16, 20, 28 or 36 hex digits, with which a router or display joins, instead of link_key",
        default=None,
        app=AppOption(
            "Installation code",
            "16, 20, 28 or 36 hex digits, with which the bridge joins another network. Enter either"
            " this or a link key. It is never shown in the log.",
            optional=True,
        ),
    )
    record_frames: bool = option(
        TRUTH,
        "true: the last 10,000 frames are kept in memory from the start on, for get_frames",
        default=False,
    )

    module: ModuleOptions = option(
        ModuleOptions, "used when path is simulated", default=ModuleOptions()
    )

    @property
    def is_emulated(self) -> bool:
        """Whether it is an emulated module, which the driver of its type takes for a real one."""
        return self.type != SIMULATED and self.path == SIMULATED

    @property
    def on_simulated_air(self) -> bool:
        """Whether its air is that of the simulated house."""
        return self.type == SIMULATED or self.is_emulated

    @property
    def takes_keys(self) -> bool:
        """Whether it takes link keys that the gateway established."""
        return self.type != "xbee"

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.link_key is not None and self.installation_code is not None:
            yield ("installation_code",), "makes a link key: with it, link_key is not needed"
        if self.type != SIMULATED and self.path is None:
            problem = (
                f"is needed with type {self.type}: a serial port, socket://host:port, or"
                f" {SIMULATED}"
            )
            yield ("path",), problem


@section
class SecurityOptions:
    """How devices prove who they are, and we to them."""

    certificate_store: Path | None = option(
        FILE,
        "file of `sebridge certificate install`; without a value: no certificate, simulated ones"
        " on the simulated air",
        default=None,
        app=AppOption(
            "File of certificates",
            "Name of the file with the gateway's certificates, which lies in the app's own folder."
            " Without one, devices are not asked to prove who they are.",
            key="certificate_store",
            takes=r"match(^[\w-][\w.-]*$)",
            optional=True,
        ),
    )
    require_key_establishment: bool | None = option(
        TRUTH_OR_AUTO,
        "true: only devices that prove who they are; auto: if we have a certificate",
        default=None,
        shown="auto",
    )
    key_establishment: str = option(
        words("bridge", "module"),
        "bridge or module: who computes the keys; module: a radio of type ezsp whose firmware can",
        default="bridge",
    )
    forced_suite: int | None = option(
        whole(1, 2),
        "1 or 2, for test tools that do not say theirs; without a value: the stronger that both"
        " have",
        default=None,
    )


@section
class TlsOptions:
    """How the connection to the broker is encrypted and who proves what."""

    ca: Path | None = option(
        FILE,
        "file with the authorities to trust; without a value: those of the system",
        default=None,
    )
    certificate: Path | None = option(
        FILE, "file with our certificate, where the broker asks for one", default=None
    )
    key: Path | None = option(FILE, "file with the key of that certificate", default=None)
    server_name: str | None = option(
        TEXT,
        "name in the broker's certificate; without a value: the one in mqtt.broker",
        default=None,
    )
    insecure: bool = option(
        TRUTH,
        "true: take any certificate; anybody in between can then read everything",
        default=False,
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.certificate is not None and self.key is None:
            yield ("key",), "is needed with a certificate"
        if self.key is not None and self.certificate is None:
            yield ("certificate",), "is needed with a key"


@section
class OutboxOptions:
    """How much of what is streamed is kept while the broker is away."""

    max_messages: int = option(
        whole(1, 1_000_000),
        "so many events, and as many answers, wait while the broker is away; then the oldest go",
        default=10_000,
    )
    max_age: float = option(
        number(1, 366 * 86_400), "seconds that an event waits at most", default=7 * 86_400.0
    )


@section
class MqttOptions:
    """The broker. `address` is where it is, with all that is told of it in other keys."""

    broker: BrokerAddress = option(
        BROKER,
        "host, host:port, or a URL like mqtts://host:8883 or wss://user:password@host/mqtt, best as"
        " !secret; or embedded for a mosquitto of our own",
        default=BrokerAddress(host="localhost"),
        shown="localhost",
        app=AppOption(
            "MQTT broker",
            "Host name, or a URL such as mqtts://host:8883 or ws://host:9001/mqtt. Leave empty to"
            " use the broker of Home Assistant with its user and password.",
            key="mqtt_host",
            takes="str",
            optional=True,
        ),
    )
    port: int | None = option(
        PORT,
        "without a value: 1883, with TLS 8883; 80 for ws://, 443 for wss://",
        default=None,
        app=AppOption(
            "Port of the MQTT broker",
            "Without a value, 1883, or 8883 with TLS. Only for a broker named above.",
            optional=True,
        ),
    )
    username: str | None = option(
        USER,
        "without a value: none is sent",
        default=None,
        app=AppOption("MQTT user", "Only for a broker named above.", optional=True),
    )
    password: Secret | None = option(
        PASSWORD,
        "best as !secret mqtt_password",
        default=None,
        app=AppOption(
            "MQTT password",
            "Only for a broker named above. It is never shown in the log.",
            optional=True,
        ),
    )
    client_id: str | None = option(
        TEXT,
        "without a value: sebridge-<gateway name>; the broker keeps a session under it",
        default=None,
    )
    version: int = option(
        MQTT_VERSION, "5, or 311 for brokers that know only MQTT 3.1.1", default=5
    )
    keepalive: int = option(
        whole(5, 65_535), "seconds of silence after which the link is tested", default=30
    )
    base_topic: str = option(
        TOPIC,
        "what every topic begins with",
        default="sebridge",
        app=AppOption("Base topic", "What every topic of the bridge begins with."),
    )
    tls: TlsOptions | None = option(
        TlsOptions,
        "without a value: not encrypted; true: encrypted with the defaults below",
        default=None,
        app=AppOption(
            "Encrypt with TLS",
            "Only for a broker named above. Its certificate must be signed by a public authority.",
        ),
    )
    attribute_interval: float | None = option(
        number_or_off(0, 86_400),
        "seconds in which an attribute's topic is written once; 0: at each report, off: never",
        default=10.0,
        shown="10",
    )
    outbox: OutboxOptions = option(
        OutboxOptions, "what waits while the broker is away", default=OutboxOptions()
    )
    log: bool = option(
        TRUTH, "true: publish the log on <base_topic>/<gateway name>/log", default=False
    )

    @property
    def address(self) -> BrokerAddress:
        """Where the broker is and how to sign in: what any key says of it, and what is usual."""
        written = replace(
            self.broker,
            port=self.broker.port or self.port,
            username=self.broker.username or self.username,
            password=self.broker.password or self.password,
        )
        return written.complete(encrypted=self.tls is not None)

    @property
    def encryption(self) -> TlsOptions | None:
        """How the link is encrypted; None when it is not."""
        return self.tls or (TlsOptions() if self.broker.is_encrypted else None)

    def problems(self) -> Iterator[Problem]:
        """Yield what contradicts the address of the broker."""
        broker = self.broker
        for name in ("port", "username", "password"):
            here, there = getattr(self, name), getattr(broker, name)
            if here is not None and there is not None and here != there:
                yield (name,), "contradicts the one in mqtt.broker; one of them is enough"
        if self.tls is not None and broker.scheme and not broker.is_encrypted:
            scheme = broker.scheme
            problem = f"contradicts mqtt.broker: {scheme}:// is not encrypted, {scheme}s:// is"
            yield ("tls",), problem
        if broker.is_embedded and self.tls is not None:
            yield ("tls",), "an embedded broker is not encrypted: only this machine can reach it"
        if broker.is_embedded and (broker.username or broker.password):
            yield ("broker",), "an embedded broker takes no user and password"


@section
class HomeAssistantOptions:
    """Discovery by Home Assistant."""

    enabled: bool = option(
        TRUTH,
        "announce devices by MQTT discovery",
        default=True,
        app=AppOption(
            "Announce to Home Assistant",
            "Let meters, displays and switches appear in Home Assistant by themselves. Switched"
            " off, they are withdrawn.",
            key="discovery",
        ),
    )
    discovery_prefix: str = option(
        TOPIC,
        "as in Home Assistant's MQTT settings",
        default="homeassistant",
        app=AppOption(
            "Discovery prefix",
            "As in the settings of Home Assistant's MQTT integration.",
            key="discovery_prefix",
        ),
    )
    language: str = option(
        words(ENGLISH, GERMAN),
        "of the names of components: en, English, or de, German; ids stay the same",
        default=ENGLISH,
        app=AppOption(
            "Language of names",
            "In which language the components of meters, prices and the gateway are named: en or"
            " de. What you have named yourself in Home Assistant keeps its name.",
        ),
    )
    default_prices: Mapping[str, DefaultPrice] = option(
        DEFAULT_PRICES,
        "shown as the current price while no tariff has one; never sent to devices",
        default={},
        example={"electricity": "0.25 EUR/kWh"},
        app=tuple(
            AppOption(
                f"Default price of {commodity}",
                f"Shown as the current price of {commodity} while no tariff has one, such as"
                f" {DEFAULT_PRICES.values(commodity).allowed}. It is never sent to devices.",
                key=f"default_price_{commodity}",
                entry=commodity,
                takes=DEFAULT_PRICES.values(commodity).in_app,
                optional=True,
            )
            for commodity in UNITS
        ),
    )


@section
class ModulesOptions:
    """Where code of the user may come from; without a directory there is none."""

    directory: Path | None = option(
        FILE,
        "folder with Python files that add_module may load; without a value: none may be loaded",
        default=None,
    )


@section
class StorageOptions:
    """Where what must survive is kept."""

    path: Path = option(
        FILE,
        "the database; it holds keys, so only its owner can read it",
        default=Path("data/sebridge.db"),
    )


@section
class LogOptions:
    """What is logged, and how much."""

    level: str = option(
        _LEVEL,
        "debug, info, warning or error",
        default="info",
        app=AppOption("Log level", "How much is logged. debug shows every frame."),
    )
    levels: Mapping[str, str] = option(
        TableOf(TEXT, lambda _logger: _LEVEL, "names of loggers, each with a level"),
        "other levels for single loggers",
        default={},
        example={"sebridge.radio": "debug"},
    )


@section
class Options:
    """The whole configuration."""

    gateway: GatewayOptions = option(GatewayOptions, "", default=GatewayOptions())
    radio: RadioOptions = option(RadioOptions, "", default=RadioOptions())
    security: SecurityOptions = option(SecurityOptions, "", default=SecurityOptions())
    mqtt: MqttOptions = option(MqttOptions, "", default=MqttOptions())
    homeassistant: HomeAssistantOptions = option(
        HomeAssistantOptions, "", default=HomeAssistantOptions()
    )
    price_source: PriceSourceOptions | None = option(
        PriceSourceOptions,
        "without a value: prices come by RPC only; else of a topic, a table, an entity of Home"
        " Assistant or OpenADR, for all devices",
        default=None,
    )
    consumption_limit: ConsumptionLimitOptions | None = option(
        ConsumptionLimitOptions,
        "without a value: load control is not told in watts; else on the topic limit/consumption",
        default=None,
    )
    openadr: OpenAdrOptions | None = option(
        OpenAdrOptions,
        "without a value: no OpenADR; else where the VTN of a utility is, whose events become ours",
        default=None,
    )
    ota: OtaOptions = option(OtaOptions, "", default=OtaOptions())
    plugwise: PlugwiseOptions | None = option(
        PlugwiseOptions,
        "without a value: no Plugwise stick; else where it is, and how its circles are called",
        default=None,
    )
    control_port: ControlPortOptions | None = option(
        ControlPortOptions,
        "without a value: serial ports of nodes have no TCP ports; true: they have, as below. Needs"
        " a radio of type xbee",
        default=None,
    )
    rpc: RpcOptions = option(RpcOptions, "", default=RpcOptions())
    http: HttpOptions | None = option(
        HttpOptions,
        "without a value: no HTTP server; true: one with the defaults below",
        default=None,
    )
    modules: ModulesOptions = option(ModulesOptions, "", default=ModulesOptions())
    plugins: PluginsOptions = option(PluginsOptions, "", default=PluginsOptions())
    storage: StorageOptions = option(StorageOptions, "", default=StorageOptions())
    simulator: SimulatorOptions = option(
        SimulatorOptions,
        "used when radio.type or radio.path is simulated",
        default=SimulatorOptions(),
    )
    log: LogOptions = option(LogOptions, "", default=LogOptions())
    registry: Mapping[str, bool | int | str] = option(
        SETTINGS,
        "settings that RPC may change later: their values until then",
        default={},
        example={"ZDO_Device_Manager.refresh_interval": 120},
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what role and radio cannot do, and where a certificate is needed."""
        yield from self._problems_of_prices()
        store, kind = self.security.certificate_store, self.radio.type
        if self.gateway.role != "coordinator" and kind not in _JOINING:
            problem = (
                f"a {self.gateway.role} joins a network, and a radio of type {kind} can only form"
                f" one; those of type {_JOINING[0]} or {_JOINING[1]} can join"
            )
            yield ("gateway", "role"), problem
        if self.control_port is not None and kind != "xbee":
            problem = f"needs a radio of type xbee: one of type {kind} finds no serial nodes"
            yield ("control_port",), problem
        if store is not None and not self.radio.takes_keys:
            problem = f"a radio of type {kind} takes no keys that the gateway established"
            yield ("security", "certificate_store"), problem
        yield from self._problems_of_emulated_module()
        if self.security.key_establishment == "module" and kind != "ezsp":
            problem = f"a radio of type {kind} computes no keys for us; one of type ezsp may"
            yield ("security", "key_establishment"), problem
        has_simulated = self.radio.on_simulated_air and self.radio.takes_keys
        has_certificate = store is not None or has_simulated
        if self.security.require_key_establishment and not has_certificate:
            problem = "is needed where key establishment is required"
            yield ("security", "certificate_store"), problem

    def _problems_of_emulated_module(self) -> Iterator[Problem]:
        if not self.radio.is_emulated:
            return
        if self.gateway.role != "coordinator":
            problem = (
                f"a {self.gateway.role} joins a network, and on the air of an emulated module of"
                " its own there is none; `sebridge simulate` puts two on one air"
            )
            yield ("radio", "path"), problem
        if self.simulator.speed > FASTEST_OF_MODULE:
            problem = (
                f"is at most {FASTEST_OF_MODULE:g} with an emulated module: its driver knows the"
                " machine's time alone"
            )
            yield ("simulator", "speed"), problem

    def _problems_of_prices(self) -> Iterator[Problem]:
        source = self.price_source
        if self.openadr is not None and self.gateway.role == "display":
            yield ("openadr",), "a display publishes no events: it shows those of others"
        if source is None:
            return
        if self.gateway.role == "display":
            problem = "a display publishes no prices: it shows those of others"
            yield ("price_source",), problem
        own = f"{self.mqtt.base_topic}/{self.gateway.name}/"
        if source.topic is not None and source.topic.startswith(own):
            yield ("price_source", "topic"), "is a topic on which this gateway tells its own"
        if source.openadr and self.openadr is None:
            yield ("price_source", "openadr"), "needs the section openadr, with the VTN's address"
