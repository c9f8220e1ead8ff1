"""The section `rpc`: how the gateway is called, who may call what, and where responses go."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sebridge.base.secret import Secret
from sebridge.settings.declaration import Problem, option, section
from sebridge.settings.kinds import (
    DEVICE_ID,
    FILE,
    GATEWAY_NAME,
    METHOD,
    PASSWORD,
    TRUTH,
    USER,
    WEB_ADDRESS,
    ListOf,
    TableOf,
    number,
    whole,
    words,
)


@section
class XmlOptions:
    """RCI and SCI documents: how large they may be, and in which form they are answered."""

    envelope: str = option(
        words("later", "1.3"),
        "of synchronous answers: later, or 1.3 as the first gateways had it",
        default="later",
    )
    max_size: int = option(whole(1024, 16_777_216), "octets of a document", default=262_144)
    max_depth: int = option(whole(8, 200), "elements inside each other", default=32)
    max_elements: int = option(whole(100, 1_000_000), "elements of a document", default=10_000)


@section
class PushOptions:
    """Where responses are pushed while RPC_Manager.use_push is TRUE: a server or a directory.

    Without either, nothing is pushed.
    """

    url: str | None = option(
        WEB_ADDRESS,
        "https://example.net/files, for instance; PUT adds the file's name",
        default=None,
    )
    method: str = option(
        words("PUT", "POST"), "or POST, with the name in Content-Disposition", default="PUT"
    )
    username: str | None = option(USER, "without a value: no credentials are sent", default=None)
    password: Secret | None = option(PASSWORD, "of that user", default=None)
    ca: Path | None = option(
        FILE,
        "file with the authorities to trust; without a value: those of the system",
        default=None,
    )
    timeout: float = option(number(1, 600), "seconds for one file", default=30.0)
    directory: Path | None = option(FILE, "instead of a server", default=None)

    @property
    def possible(self) -> bool:
        """Whether there is anywhere to push to."""
        return self.url is not None or self.directory is not None

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.url is not None and self.directory is not None:
            yield ("directory",), "is one place too many beside url"
        elif self.url is not None and urlsplit(self.url).username is not None:
            yield ("url",), "must not hold credentials: use username and password"


@section
class InterfaceOptions:
    """What may come through one interface, whatever a caller has proven there.

    `allow` names admin methods that the command scope may call, `deny` those that nobody may.
    """

    scope: str = option(
        words("read", "command", "admin"),
        "the most that anybody there may call: read, command or admin",
        default="command",
    )
    allow: tuple[str, ...] = option(
        ListOf(METHOD),
        "admin methods that the command scope may call all the same",
        default=(),
        example=("remove_device",),
    )
    deny: tuple[str, ...] = option(
        ListOf(METHOD), "methods that nobody may call", default=(), example=("add_device",)
    )


@section
class PolicyOptions:
    """Which RPC methods each interface lets through."""

    read_only: bool = option(TRUTH, "true: only methods that change nothing", default=False)
    mqtt: InterfaceOptions = option(
        InterfaceOptions,
        "the request topics: whoever reaches the broker has this scope",
        default=InterfaceOptions(),
    )
    http: InterfaceOptions = option(
        InterfaceOptions,
        "the HTTP server: a token has its own scope, or this one where that is less",
        default=InterfaceOptions(scope="admin"),
    )


@section
class LimitOptions:
    """How much callers may take at the same time, through all interfaces.

    Of `calls` and `replies` one caller may take a quarter, one interface three quarters.
    """

    calls: int = option(whole(20, 100_000), "calls under way, of all callers", default=1_000)
    reply: int = option(
        whole(65_536, 67_108_864), "octets of the reply to one document", default=8_388_608
    )
    replies: int = option(
        whole(262_144, 1_073_741_824),
        "octets of all replies that are being made or sent; at least four times reply",
        default=33_554_432,
    )
    document_seconds: float = option(
        number(1, 3_600), "after which no further call of a document is begun", default=120.0
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if self.replies < 4 * self.reply:
            yield ("replies",), f"must be at least four times reply, {4 * self.reply}"


@section
class RpcOptions:
    """How the gateway is called, and how it tells of reports.

    `attribute_reports`: `collected` is one received_attribute_report_collection for each frame,
    `single` one attribute_report for each attribute, as the first gateways had it.
    """

    device_id: str | None = option(
        DEVICE_ID,
        "32 hex digits in SCI documents; without a value: made of the radio's address",
        default=None,
    )
    fleet: Mapping[str, str] = option(  # device id -> gateway name
        TableOf(DEVICE_ID, lambda _device: GATEWAY_NAME, "device ids, each with a gateway's name"),
        "other gateways on this broker that SCI documents may name here",
        default={},
        example={"00000000-00000000-00409DFF-FF0A0B02": "cottage"},
    )
    xml: XmlOptions = option(XmlOptions, "RCI and SCI documents", default=XmlOptions())
    push: PushOptions = option(
        PushOptions,
        "where responses go as files while RPC_Manager.use_push is TRUE; url or directory",
        default=PushOptions(),
    )
    attribute_reports: str = option(
        words("collected", "single"),
        "one received_attribute_report_collection per frame; single: an attribute_report each",
        default="collected",
    )
    limits: LimitOptions = option(
        LimitOptions, "what callers may take at the same time", default=LimitOptions()
    )
    policy: PolicyOptions = option(
        PolicyOptions,
        "which methods may be called; docs/security.md has the scope of each",
        default=PolicyOptions(),
    )
