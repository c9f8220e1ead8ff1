"""What the section `rpc` of the configuration says, for the parts that go by it."""

import ssl
from typing import Final

from sebridge.api.plugins import PluginMethods
from sebridge.base.errors import ConfigError
from sebridge.plugins.process import INTERFACE as PLUGIN
from sebridge.rpc.message import Scope
from sebridge.rpc.method import is_method
from sebridge.rpc.policy import InterfacePolicy, Policy
from sebridge.rpc.quota import QuotaLimits
from sebridge.rpc.xml_guard import XmlLimits
from sebridge.settings.options import Options
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.rpc_options import (
    InterfaceOptions,
    LimitOptions,
    PolicyOptions,
    PushOptions,
    XmlOptions,
)
from sebridge.transports.push.targets import DirectoryTarget, Target

_OF_THE_MANAGER: Final = frozenset(
    name for name, member in vars(PluginMethods).items() if is_method(member)
)


def policy_of(options: PolicyOptions, plugins: PluginsOptions) -> Policy:
    """Return the policy of the configuration; no plug-in has to do with others."""
    interfaces = {
        "mqtt": _interface(options.mqtt),
        "http": _interface(options.http),
        PLUGIN: InterfacePolicy(scope=Scope[plugins.most_scope.upper()], deny=_OF_THE_MANAGER),
    }
    return Policy(read_only=options.read_only, interfaces=interfaces)


def _interface(options: InterfaceOptions) -> InterfacePolicy:
    return InterfacePolicy(
        scope=Scope[options.scope.upper()],
        allow=frozenset(options.allow),
        deny=frozenset(options.deny),
    )


def responses_are_kept(options: Options) -> bool:
    """Say whether responses are kept from the start on, and over a restart."""
    return options.http is not None or options.rpc.push.possible


def quota_limits_of(options: LimitOptions) -> QuotaLimits:
    """Return how much callers may take at the same time."""
    return QuotaLimits(
        calls=options.calls,
        reply=options.reply,
        replies=options.replies,
        document_seconds=options.document_seconds,
    )


def limits_of(options: XmlOptions) -> XmlLimits:
    """Return the limits of documents."""
    return XmlLimits(size=options.max_size, depth=options.max_depth, elements=options.max_elements)


def target_of(options: PushOptions) -> Target:
    """Return where files are pushed; ConfigError for authorities that cannot be read."""
    if options.directory is not None:
        return DirectoryTarget(options.directory)
    assert options.url is not None
    context = None
    if options.ca is not None:
        try:
            context = ssl.create_default_context(cafile=options.ca)
        except OSError as error:
            problem = f"rpc.push.ca: {options.ca}: {error.strerror or error}"
            raise ConfigError([problem]) from error
    # aiohttp is much to have in memory, and few push to a web server
    from sebridge.transports.push.web_server import (  # noqa: PLC0415
        Server,
        WebServerTarget,
    )

    return WebServerTarget(
        Server(
            url=options.url,
            method=options.method,
            username=options.username,
            password=options.password,
            timeout=options.timeout,
            ssl_context=context,
        )
    )
