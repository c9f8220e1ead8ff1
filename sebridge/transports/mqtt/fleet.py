"""Ask the other gateways of a fleet over the broker, for SCI documents that name several."""

import asyncio
from collections.abc import Callable, Mapping
import logging
import secrets
from typing import Final, Protocol

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DeliveryError,
    UnknownDeviceError,
)
from sebridge.rpc.message import Caller
from sebridge.rpc.xml_guard import XmlLimits, parse
from sebridge.rpc.xml_text import markup
from sebridge.transports.mqtt.messages import Message, Reply
from sebridge.transports.mqtt.topics import Topics, document_request

_LOGGER = logging.getLogger(__name__)

_GRACE: Final = 5.0  # seconds that a reply may travel
_CORRELATION: Final = 16  # octets, random: who cannot read the question cannot forge its reply
_REPLY_LIMITS: Final = XmlLimits(size=1 << 20, elements=100_000)


class Asking(Protocol):
    """The broker, as far as questions to others need it."""

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        """Call the handler with every message of these topics."""

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        """Send a question; False when the broker is away, or speaks MQTT 3.1.1."""


class FleetLink:
    """Passes RCI documents on to gateways on the same broker, and brings their replies back.

    `members` has the device id of each, in upper case, with its gateway's name. `patience` is
    RPC_Manager.synchronous_request_timeout: the other gateway may itself wait that long.

    The other gateway does what its own policy allows by MQTT: who asks here is not known there.
    So `check` says, by our policy, who may ask; it raises RefusedError. `unasked` counts replies
    that nobody waits for: late, forged, or too large to be taken.
    """

    def __init__(
        self,
        broker: Asking,
        topics: Topics,
        members: Mapping[str, str],
        clock: Clock,
        patience: Callable[[], float],
        check: Callable[[Caller], None],
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._members = members
        self._clock = clock
        self._patience = patience
        self._check = check
        self.unasked = 0
        self._waiting: dict[bytes, asyncio.Future[bytes]] = {}
        if members:
            broker.subscribe(topics.fleet_reply, self._on_reply)

    async def ask(self, device_id: str, document: bytes, caller: Caller) -> str:
        """Return a gateway's RCI reply.

        Raises UnknownDeviceError, RefusedError for a caller who could get more rights there,
        DeliveryError while the broker is away, AnswerTimeoutError, or
        DecodeError for a reply that is no XML.
        """
        self._check(caller)
        gateway = self._members.get(device_id)
        if gateway is None:
            raise UnknownDeviceError(f"device {device_id} is not known here")
        correlation = secrets.token_bytes(_CORRELATION)
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[correlation] = reply
        topic = document_request(self._topics.base, gateway)
        try:
            if not self._broker.ask(topic, document, Reply(self._topics.fleet_reply, correlation)):
                raise DeliveryError(f"no broker with MQTT 5: {gateway} cannot be asked")
            answer = await self._clock.within(self._patience() + _GRACE, reply)
        except AnswerTimeoutError as error:
            raise AnswerTimeoutError(f"gateway {gateway} does not answer") from error
        finally:
            del self._waiting[correlation]
        return markup(parse(answer, _REPLY_LIMITS))

    def _on_reply(self, message: Message) -> None:
        reply = self._waiting.get(message.correlation or b"")
        if reply is None or reply.done() or message.oversize:
            self.unasked += 1
            _LOGGER.debug("a reply of the fleet that was not asked for is dropped")
            return
        reply.set_result(message.payload)
