"""What a head-end talks to in XML: documents, stored responses, pushed files, the fleet."""

from random import Random
from typing import Final

from sebridge.app.gateway import Gateway
from sebridge.app.ports import Ports
from sebridge.app.rpc_options import limits_of, responses_are_kept, target_of
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.rpc.message import Scope
from sebridge.rpc.rci_reply import Form
from sebridge.rpc.response_buffer import StoredResponse
from sebridge.rpc.xml_rpc_service import XmlRpcService, XmlRules
from sebridge.settings import entries
from sebridge.settings.registry import Registry
from sebridge.settings.rpc_options import PushOptions
from sebridge.settings.signals import SettingChanged
from sebridge.transports.mqtt.fleet import FleetLink
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.push.pusher import Pusher

ASK_FLEET: Final = "ask_fleet"
"""How the policy calls asking other gateways through this one, as if it were a method."""

_PART: Final = 8  # hex digits between two hyphens of a device id


class HeadEnd:
    """What carries documents out, and the pusher where one is configured."""

    def __init__(self, gateway: Gateway, ports: Ports, topics: Topics) -> None:
        options, registry = gateway.options, gateway.registry
        clock, random = ports.real_clock, ports.random
        self._fleet = FleetLink(
            ports.link,
            topics,
            options.rpc.fleet,
            clock,
            registry.reader(entries.SYNCHRONOUS_TIMEOUT),
            lambda caller: gateway.dispatcher.check(ASK_FLEET, Scope.ADMIN, caller),
        )
        self._gateway = gateway
        self.xml = XmlRpcService(
            gateway.dispatcher.answer,
            gateway.aliases,
            gateway.buffer,
            clock,
            XmlRules(
                device_id=self._device_id,
                synchronous_timeout=registry.reader(entries.SYNCHRONOUS_TIMEOUT),
                use_timestamps=registry.reader(entries.USE_TIMESTAMPS),
                form=Form(options.rpc.xml.envelope),
                limits=limits_of(options.rpc.xml),
            ),
            self._fleet,
            quota=gateway.quota,
            awaited=responses_are_kept(options),
        )
        self.pusher = self._make_pusher(options.rpc.push, clock, random, gateway.bus)

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        return [self.xml] if self.pusher is None else [self.xml, self.pusher]

    @property
    def counters(self) -> dict[str, int | str | None]:
        """How many responses wait, were dropped, were pushed; what stands in the way of pushing.

        `unasked` are replies of the fleet that nobody had asked for.
        """
        buffer, pusher = self._gateway.buffer, self.pusher
        return {
            "waiting": len(buffer),
            "dropped": buffer.dropped,
            "pushed": 0 if pusher is None else pusher.pushed,
            "unasked": self._fleet.unasked,
            "failures": 0 if pusher is None else pusher.failures,
            "problem": None if pusher is None else pusher.problem,
        }

    def _make_pusher(
        self, options: PushOptions, clock: Clock, random: Random, bus: SignalBus
    ) -> Pusher | None:
        if not options.possible:
            return None
        registry = self._gateway.registry
        pusher = Pusher(
            self._gateway.buffer,
            target_of(options),
            lambda response: file_name(response, registry),
            registry.reader(entries.USE_PUSH),
            clock,
            random,
        )
        self._gateway.buffer.on_filled(pusher.wake)
        bus.listen(SettingChanged, lambda _signal: pusher.wake())
        return pusher

    def _device_id(self) -> str:
        configured = self._gateway.options.rpc.device_id
        if configured is not None:
            return configured
        address = f"{self._gateway.radio.network.address:016X}"
        zeros = "0" * _PART
        return f"{zeros}-{zeros}-{address[:_PART]}-{address[_PART:]}"


def file_name(response: StoredResponse, registry: Registry) -> str:
    """Return the name of the file in which a response is pushed."""
    return response.number.name(
        registry[entries.PUSHED_FILE_PREFIX],
        response.name,
        registry[entries.PUSHED_FILE_EXTENSION],
    )
