"""One connection to the broker, from TCP to its end: paho-mqtt on an asyncio transport.

paho writes and reads the packets, except those of which there are many: PUBLISH and its
acknowledgement, in both directions. For the two messages that a report of a meter makes, paho needs
43 µs and we 3: most of it goes into objects that nobody looks at. asyncio finds the host, does TLS
and moves the octets, so no thread is needed and nothing blocks. All paho is in this file.
"""

import asyncio
from collections.abc import Sequence
import logging
from typing import Any, Final, Protocol, cast

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions
from typing_extensions import override

from sebridge.base.clock import Clock, Timer
from sebridge.base.turn import TURN
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.gathering import Gathering
from sebridge.transports.mqtt.messages import MAX_PACKET, Message, Reply, topic_field
from sebridge.transports.mqtt.packets import (
    InboundPacketFilter,
    encoded_length,
    lifetime_properties,
    publish_properties,
)
from sebridge.transports.mqtt.publish_reader import read_publish

_LOGGER = logging.getLogger(__name__)

_SESSION_EXPIRY: Final = 86_400  # seconds for which an MQTT 5 broker keeps our requests
_MOST_UNDER_WAY: Final = 1000
_RECEIVE_MAXIMUM: Final = 64
"""Messages that an MQTT 5 broker delivers before one is acknowledged: what a slow disk can make us
hold in memory. They are acknowledged when they are kept, so slow requests do not use it up."""
_PATIENCE: Final = 10.0  # seconds for the broker to answer CONNECT
_OVERHEAD: Final = 64  # octets of a question beside its topic and payload, at most
_FIXED_HEADER: Final = 5  # octets of a packet's first part, at most
_PUBLISH: Final = 0x30
_PUBLISH_QOS_1: Final = 0x32
_RETAIN: Final = 0x01
_ACKNOWLEDGEMENT: Final = bytes.fromhex("40 02")  # PUBACK; that all is well need not be said
_PAHO_IDENTIFIERS: Final = (0xFF00, 0xFFFF)
"""First and last packet identifier of what paho sends; those below are the owner's."""
_RETAIN_IF_NEW: Final = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB


TAKEN_OVER: Final = "another client with our client id took over the session"
"""The reason of an end: MQTT 5's code 0x8E."""
_SESSION_TAKEN_OVER: Final = "Session taken over"


class LinkOwner(Protocol):
    """Who hears what comes over the link. Called in the event loop; may not raise."""

    def on_accepted(self, window: int, *, session_present: bool) -> None:
        """Begin to send, no more than `window` messages under way at a time."""

    def on_message(self, message: Message) -> None:
        """Take a message, and acknowledge it; the topic is empty where it is no text."""

    def on_acknowledged(self, packet: int, reason: int) -> None:
        """Forget a message: the broker has it, or says by a `refusal` that it does not want it."""

    def on_subscribed(self, refusals: Sequence[str | None]) -> None:
        """Take the broker's answer to a subscription: None, or why not, for each filter."""

    def on_turn_over(self) -> None:
        """Go on: all that came together has been told."""


class _Wire:
    """What paho takes for a socket: octets in, octets out, never waiting.

    `outgoing` is what leaves with the next flush.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._incoming = b""
        self._position = 0
        self.outgoing = bytearray()

    def push(self, data: bytes) -> None:
        rest = self._incoming[self._position :]
        self._incoming = rest + data if rest else data
        self._position = 0

    def __len__(self) -> int:
        return len(self._incoming) - self._position

    def __bool__(self) -> bool:
        return True  # paho asks whether there is a socket

    def recv(self, buffer_size: int) -> bytes:
        begin = self._position
        if begin == len(self._incoming):
            raise BlockingIOError
        self._position = min(begin + buffer_size, len(self._incoming))
        return self._incoming[begin : self._position]

    def send(self, buffer: bytes | bytearray) -> int:
        self.outgoing += buffer
        return len(buffer)

    def flush(self) -> None:
        if self.outgoing:
            self._transport.write(bytes(self.outgoing))
            self.outgoing.clear()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def fileno(self) -> int:
        return -1

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001  # as sockets have it
        """Do nothing: a transport never blocks."""


class _Paho(Client):
    """paho's client, on a wire that exists already."""

    def __init__(
        self, wire: _Wire, client_id: str, version: MQTTProtocolVersion, *, forgets: bool
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if version == MQTTProtocolVersion.MQTTv5 else forgets,
            protocol=version,
            reconnect_on_failure=False,
        )
        self._wire = wire
        self.max_inflight_messages_set(0)  # the window is the owner's
        self.manual_ack_set(on=True)  # a message is acknowledged when it cannot be lost any more

    @override
    def _mid_generate(self) -> int:
        first, last = _PAHO_IDENTIFIERS
        self._last_mid = self._last_mid + 1 if first <= self._last_mid < last else first
        return self._last_mid

    @override
    def _create_socket(self) -> Any:
        return self._wire


class Link(asyncio.Protocol):
    """A connection to the broker; `closed` gives the reason when it has ended.

    `options.client_id` must be set. `will` is topic and payload of a retained last will;
    who has none is a visitor, for whom the broker keeps nothing.
    Refusals and reasons are texts for people.
    """

    def __init__(
        self, owner: LinkOwner, options: MqttOptions, will: tuple[str, bytes] | None, clock: Clock
    ) -> None:
        self._owner = owner
        self._options = options
        self._address = options.address
        self._will = will
        self._clock = clock
        self._v5 = options.version == MQTTProtocolVersion.MQTTv5
        self._no_properties = b"\0" if self._v5 else b""
        self._inbound = InboundPacketFilter(
            properties=self._v5, acknowledged=owner.on_acknowledged, published=self._on_publish
        )
        self._limit = 1 << 28  # octets of a packet that the broker takes
        self._reason = ""
        self._accepted = False
        self._leaving = False
        self._congested = False
        self._timer: Timer | None = None
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # -------------------------------------------------------------- for the owner

    def publish(
        self,
        packet: int,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        correlation: bytes | None,
        lifetime: int | None = None,
    ) -> bool:
        """Send at QoS 1; False for what the broker cannot take.

        `packet` is an identifier below 0xFF00 that no message under way has. With MQTT 5 the broker
        forgets the message after its lifetime, in seconds.
        """
        properties = self._no_properties
        if self._v5 and (correlation is not None or lifetime is not None):
            properties = publish_properties(correlation, lifetime)
        body = b"%b%c%c%b%b" % (
            topic_field(topic),
            packet >> 8,
            packet & 0xFF,
            properties,
            payload,
        )
        first = _PUBLISH_QOS_1 | _RETAIN if retain else _PUBLISH_QOS_1
        self._gathering.expect()
        return self._put(first, topic, body)

    def allow(self, under_way: int) -> None:
        """Take note of how many messages can be without an acknowledgement at a time.

        As long as nobody has said so, each is told as soon as it comes; then it may take up to
        `gathering.LONGEST`.
        """
        self._gathering.allow(under_way)

    def show(self, topic: str, payload: bytes, lifetime: int | None) -> bool:
        """Send a retained payload at QoS 0; False for what the broker cannot take.

        With MQTT 5 the broker forgets it after its lifetime, in seconds. However slow the network
        is, it goes: whoever calls does not go on for ever without having something acknowledged.
        """
        properties = self._no_properties
        if self._v5 and lifetime is not None:
            properties = lifetime_properties(lifetime)
        body = b"%b%b%b" % (topic_field(topic), properties, payload)
        return self._put(_PUBLISH | _RETAIN, topic, body)

    def _put(self, first: int, topic: str, body: bytes) -> bool:
        length = len(body)
        if _FIXED_HEADER + length > self._limit:
            _LOGGER.warning("%s: %d octets are more than the broker takes", topic, length)
            return False
        self._leave(b"%c%b%b" % (first, encoded_length(length), body))
        return True

    def _leave(self, packet: bytes) -> None:
        outgoing = self._wire.outgoing
        if not outgoing:
            TURN.at_end(self._flush)  # what a turn of the loop brings leaves together
        outgoing += packet

    def pass_on(self, topic: str, payload: bytes, reply: Reply | None = None) -> bool:
        """Send at QoS 0, unless the network is slower than we are; tell whether it was sent.

        A question says where its reply goes, which takes MQTT 5.
        """
        if self._congested or len(payload) + len(topic.encode()) + _OVERHEAD > self._limit:
            return False
        properties = None
        if reply is not None:
            if not self._v5:
                return False
            properties = _properties(
                PacketTypes.PUBLISH, ResponseTopic=reply.topic, CorrelationData=reply.correlation
            )
        self._paho.publish(topic, payload, properties=properties)
        return True

    def subscribe(self, filters: Sequence[str]) -> None:
        """Ask for the messages of these topics, at QoS 1."""
        if self._v5:
            wishes: list[tuple[str, Any]] = [(one, _wish()) for one in filters]
        else:
            wishes = [(one, 1) for one in filters]
        self._paho.subscribe(wishes)

    def acknowledge(self, packet: int) -> None:
        """Tell the broker that a message need not be delivered again."""
        self._leave(_ACKNOWLEDGEMENT + packet.to_bytes(2, "big"))

    def close(self) -> None:
        """Say goodbye; the broker will not publish the last will."""
        self._leaving = True
        if self._accepted:
            self._paho.disconnect()
            self._flush()
        self._transport.close()

    def abort(self, reason: str) -> None:
        """Drop the connection; the broker will publish the last will."""
        self._reason = self._reason or reason
        self._transport.abort()

    # -------------------------------------------------------------- from asyncio

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._wire = _Wire(self._transport)
        self._gathering = Gathering(self._transport, self._clock)
        self._paho = self._client()
        options = self._options
        if self._v5:
            properties = _properties(
                PacketTypes.CONNECT,
                SessionExpiryInterval=0 if self._will is None else _SESSION_EXPIRY,
                MaximumPacketSize=MAX_PACKET,
                ReceiveMaximum=_RECEIVE_MAXIMUM,
            )
            self._paho.connect(
                self._address.host, 1, options.keepalive, clean_start=False, properties=properties
            )
        else:
            self._paho.connect(self._address.host, 1, options.keepalive)
        self._timer = self._clock.call_later(
            _PATIENCE, lambda: self.abort(f"no answer from the broker within {_PATIENCE:g} s")
        )

    @override
    def data_received(self, data: bytes) -> None:
        with TURN:
            try:
                self._wire.push(self._inbound.feed(data))
                while len(self._wire) and self._paho.socket() is not None:
                    self._paho.loop_read()
            except Exception as error:
                # paho's or ours: a new link may do better, and the bridge lives on
                _LOGGER.exception("what the broker sent was not handled")
                self.abort(f"what it sent was not handled: {error}")
            self._owner.on_turn_over()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._gathering.close()
        self._accepted = False
        if not self.closed.done():
            self.closed.set_result(self._reason or _why(exc))

    @override
    def pause_writing(self) -> None:
        self._congested = True

    @override
    def resume_writing(self) -> None:
        self._congested = False

    def _on_publish(self, first: int, body: bytes) -> bool:
        message = read_publish(first, body, properties=self._v5)
        if message is None:
            return False
        self._owner.on_message(message)
        return True

    # -------------------------------------------------------------- from paho

    def _client(self) -> _Paho:
        options = self._options
        paho = _Paho(
            self._wire,
            options.client_id or "",
            MQTTProtocolVersion(self._version()),
            forgets=self._will is None,
        )
        username, secret = self._address.username, self._address.password
        if username is not None or secret is not None:
            paho.username_pw_set(username, secret.reveal().decode() if secret else None)
        if self._will is not None:
            paho.will_set(*self._will, qos=1, retain=True)
        paho.on_connect = self._on_connect
        paho.on_disconnect = self._on_disconnect
        paho.on_subscribe = self._on_subscribe
        paho.on_message = self._on_message
        paho.on_socket_register_write = self._on_something_to_write
        return paho

    def _version(self) -> int:
        return MQTTProtocolVersion.MQTTv5 if self._v5 else MQTTProtocolVersion.MQTTv311

    def _on_something_to_write(self, *_: object) -> None:
        # paho calls once until it has written
        TURN.at_end(self._flush)

    def _flush(self) -> None:
        if self._paho.want_write():
            self._paho.loop_write()
        self._wire.flush()

    def _keep_alive(self) -> None:
        self._paho.loop_misc()
        self._timer = self._clock.call_later(
            max(self._options.keepalive / 4, 1.0), self._keep_alive
        )

    def _on_connect(
        self, _paho: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, properties: Any
    ) -> None:
        if code.is_failure:
            self.abort(f"the broker refuses us: {code}")
            return
        if self._timer is not None:
            self._timer.cancel()
        self._accepted = True
        self._limit = getattr(properties, "MaximumPacketSize", self._limit)
        window = min(getattr(properties, "ReceiveMaximum", _MOST_UNDER_WAY), _MOST_UNDER_WAY)
        self._keep_alive()
        self._owner.on_accepted(window, session_present=flags.session_present)

    def _on_disconnect(
        self, _paho: Client, _data: Any, flags: DisconnectFlags, code: ReasonCode, _: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server and code == _SESSION_TAKEN_OVER:
            self._reason = TAKEN_OVER
        elif flags.is_disconnect_packet_from_server:
            self._reason = f"the broker disconnected us: {code}"
        elif code == "Keep alive timeout":
            self._reason = "the broker was silent for too long"
        if not self._leaving:
            self._transport.abort()  # to a broker that is gone, nothing can be flushed

    def _on_subscribe(
        self, _paho: Client, _data: Any, _packet: int, codes: list[ReasonCode], _: Any
    ) -> None:
        self._owner.on_subscribed([str(code) if code.is_failure else None for code in codes])

    def _on_message(self, _paho: Client, _data: Any, message: MQTTMessage) -> None:
        self._owner.on_message(_message(message))


def _why(error: Exception | None) -> str:
    if error is None:
        return "the broker closed the connection"
    return getattr(error, "strerror", None) or str(error)


def refusal(reason: int) -> str:
    """Return in words why a broker does not want a message: by a reason code from 0x80 on."""
    try:
        return str(ReasonCode(PacketTypes.PUBACK, identifier=reason))
    except (AssertionError, KeyError):
        return f"reason code 0x{reason:02X}"


def _message(message: MQTTMessage) -> Message:
    """Return the message as the bridge knows it; without a topic when that is not UTF-8."""
    try:
        topic = message.topic
    except UnicodeDecodeError:
        topic = ""
    return Message(
        topic,
        bytes(message.payload),
        message.retain,
        response_topic=getattr(message.properties, "ResponseTopic", None),
        correlation=getattr(message.properties, "CorrelationData", None),
        packet=message.mid if message.qos == 1 else None,
        duplicate=message.dup,
    )


def _wish() -> SubscribeOptions:
    return SubscribeOptions(1, retainAsPublished=True, retainHandling=_RETAIN_IF_NEW)


def _properties(packet: int, **values: Any) -> Properties:
    properties = Properties(packet)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
