"""The configuration after it was read: frozen, complete, and checked by `config.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """Who we are.

    `coordinator`: the energy service interface that forms the network and is its trust centre.
    `router`: one that joins a network. `display`: an in-premise display that joins and listens.
    """

    name: str = "home"  # [a-z0-9_-]+, part of every topic
    role: str = "coordinator"
    message_pin: Secret | None = None  # shows protected messages on a display


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioOptions:
    """Which radio, and where. `path` is a serial port or socket://host:port."""

    type: str = "simulated"  # ezsp, xbee, znp or simulated
    path: str | None = None
    baudrate: int = 115200
    flow_control: str | None = None  # hardware, software or none
    channel: int | None = None  # 11..26 for a network to be formed; none lets the radio choose
    pan_id: int | None = None
    extended_pan_id: Eui64 | None = None
    network_key: Secret | None = None  # 16 octets; none makes a random one
    link_key: Secret | None = None  # 16 octets, with which a router or display joins


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityOptions:
    """How devices prove who they are, and we to them."""

    certificate_store: Path | None = None  # our certificates; the simulated air has some by itself
    require_key_establishment: bool | None = None  # none, which is auto: if we have a certificate
    forced_suite: int | None = None  # 1 or 2: the only suite to use, whatever a partner says


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """How the connection to the broker is encrypted and who proves what."""

    ca: Path | None = None  # none: the system's authorities
    certificate: Path | None = None
    key: Path | None = None
    server_name: str | None = None  # none: the broker's host name
    insecure: bool = False  # do not check the broker's certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxOptions:
    """How much of what is streamed is kept while the broker is away."""

    max_messages: int = 10_000
    max_age: float = 7 * 86_400.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttOptions:
    """The broker. `broker` is a host name, or `embedded` for a mosquitto of our own."""

    broker: str = "localhost"
    port: int | None = None  # none: 1883, or 8883 with TLS
    username: str | None = None
    password: Secret | None = None
    client_id: str | None = None  # none: sebridge-<gateway name>
    version: int = 5  # 5, or 311 for MQTT 3.1.1
    keepalive: int = 30
    base_topic: str = "sebridge"
    tls: TlsOptions | None = None
    outbox: OutboxOptions = field(default_factory=OutboxOptions)
    log: bool = False  # stream log records to <base>/<gw>/log


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAssistantOptions:
    """Discovery by Home Assistant."""

    enabled: bool = True
    discovery_prefix: str = "homeassistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageOptions:
    """Where what must survive is kept."""

    path: Path = Path("data/sebridge.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDevice:
    """A device of the simulated house; `options` depend on its kind.

    One with an installation code is not known to the gateway from the start: it waits until
    somebody adds it with that code, as a real one does.
    """

    kind: str  # meter, sub_meter, display, thermostat or load_control
    name: str
    eui64: Eui64
    installation_code: Secret | None = None  # 8, 10, 14 or 18 octets, the CRC included
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AirOptions:
    """How bad the simulated air is. Loss and duplicates are shares of frames, 0 to 1."""

    loss: float = 0.0
    duplicates: float = 0.0
    delay: float = 0.01  # seconds, the mean of an exponential distribution
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """The simulated house, in use when the radio's type is `simulated`."""

    air: AirOptions = field(default_factory=AirOptions)
    devices: tuple[SimulatedDevice, ...] = ()
    speed: float = 1.0  # simulated seconds in a real one
    suites: tuple[int, ...] = (1,)  # of which the house, and we in it, have certificates


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOptions:
    """What may come through one door, whatever a caller has proven there.

    `allow` names admin methods that the command scope may call, `deny` those that nobody may.
    """

    scope: str = "command"  # read, command or admin
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOptions:
    """Which RPC methods each door lets through."""

    read_only: bool = False
    mqtt: DoorOptions = field(default_factory=DoorOptions)
    http: DoorOptions = field(default_factory=lambda: DoorOptions(scope="admin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlOptions:
    """RCI and SCI documents: how large they may be, and in which form they are answered."""

    envelope: str = "later"  # of synchronous answers: later, or 1.3 as the first gateways had it
    max_size: int = 262_144  # octets
    max_depth: int = 32  # elements inside each other
    max_elements: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOptions:
    """Where responses are pushed while RPC_Manager.use_push is TRUE: a server or a directory.

    Without either, nothing is pushed.
    """

    url: str | None = None
    method: str = "PUT"
    username: str | None = None
    password: Secret | None = None
    ca: Path | None = None  # none: the system's authorities
    timeout: float = 30.0  # seconds for one file
    directory: Path | None = None

    @property
    def possible(self) -> bool:
        """Whether there is anywhere to push to."""
        return self.url is not None or self.directory is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcOptions:
    """How the gateway is called, and how it tells of reports.

    `attribute_reports`: `single` is one attribute_report for each attribute, `collected` one
    received_attribute_report_collection for each frame.
    """

    attribute_reports: str = "single"
    device_id: str | None = None  # in SCI documents; none: made of the radio's address
    fleet: Mapping[str, str] = field(default_factory=dict)  # device id -> gateway name
    policy: PolicyOptions = field(default_factory=PolicyOptions)
    xml: XmlOptions = field(default_factory=XmlOptions)
    push: PushOptions = field(default_factory=PushOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebTlsOptions:
    """What the HTTP door proves itself with: two files in PEM form."""

    certificate: Path  # with those of the authorities between, if there are any
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOptions:
    """Who may come in by HTTP. `hash` is the SHA-256 of the token, which is kept nowhere."""

    name: str
    scope: str  # read, command or admin
    hash: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """How much the HTTP door takes from one client, and from all."""

    body: int = 262_144  # octets of one request
    requests_per_minute: int = 600  # of each token; without tokens of each address
    failed_sign_ins_per_minute: int = 10  # of each address
    connections: int = 100
    patience: float = 20.0  # seconds for a request to arrive; an idle connection is kept so long


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """The HTTP door."""

    host: str = "127.0.0.1"  # any but this machine's own needs tokens
    port: int = 8480
    tls: WebTlsOptions | None = None
    tokens: tuple[TokenOptions, ...] = ()
    limits: WebLimits = field(default_factory=WebLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesOptions:
    """Where code of the user may come from; without a directory there is none."""

    directory: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """What is logged, and how much."""

    level: str = "info"  # debug, info, warning or error
    levels: Mapping[str, str] = field(default_factory=dict)  # logger name -> level


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The whole configuration."""

    gateway: GatewayOptions = field(default_factory=GatewayOptions)
    radio: RadioOptions = field(default_factory=RadioOptions)
    security: SecurityOptions = field(default_factory=SecurityOptions)
    mqtt: MqttOptions = field(default_factory=MqttOptions)
    homeassistant: HomeAssistantOptions = field(default_factory=HomeAssistantOptions)
    rpc: RpcOptions = field(default_factory=RpcOptions)
    http: HttpOptions | None = None  # none: there is no HTTP door
    modules: ModulesOptions = field(default_factory=ModulesOptions)
    storage: StorageOptions = field(default_factory=StorageOptions)
    simulator: SimulatorOptions = field(default_factory=SimulatorOptions)
    log: LogOptions = field(default_factory=LogOptions)
    registry: Mapping[str, Any] = field(default_factory=dict)  # settings at the first start
