"""Documents by MQTT: JSON-RPC and bare parameters, RCI and SCI in XML.

An input for MQTT has a first line of JSON with what is said beside the payload (`topic` below the
gateway's, `response_topic`, `retain`); the rest is the payload. An input for XML is the document.
"""

from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from sebridge.base.errors import Reason
from sebridge.rpc.error_codes import CODES
from sebridge.transports.mqtt.messages import Message, is_topic
from tests.fuzz.grammar import methods, parameters
from tests.fuzz.house import House, house_options, housed
from tests.fuzz.mutation import changed, changed_value, odd_value
from tests.fuzz.target import Target, must
from tests.fuzz.watch import PLANTED, leaked

_BUG = CODES[Reason.INTERNAL]
_STEPS = 300
"""Steps of the clock after which an answer that is due will not come: 10 minutes of its time."""


class DocumentSubject:
    """A bridge that is asked by MQTT."""

    def __init__(self, house: House, kept: dict[str, MutableMapping[Any, Any]]) -> None:
        self.keys = house.keys
        self._house = house
        self._kept = kept

    async def _answers(self, message: Message, topics: set[str], *, due: bool) -> list[bytes]:
        """Deliver a message; return what is said on these topics in answer."""
        self._house.broker.deliver(message)
        found: list[bytes] = []
        for step in range(_STEPS if due else 20):
            await self._house.clock.advance(0.1 if step < 50 else 2.4)
            found += [payload for topic, payload in self._house.heard() if topic in topics]
            if found and due:
                break
        await self._house.clock.advance(1)
        found += [payload for topic, payload in self._house.heard() if topic in topics]
        return found

    async def _check(self) -> None:
        await self._house.check(self._kept.values())


class JsonSubject(DocumentSubject):
    """Asked in JSON."""

    async def take(self, octets: bytes) -> None:
        """Ask; there is one answer where one is due, and it says of no bug and no key."""
        head, _, payload = octets.partition(b"\n")
        beside = json.loads(head)
        topic, wanted = str(beside["topic"]), beside.get("response_topic")
        topics = self._house.topics
        root = topics.base if topic.startswith("all/") else topics.root
        message = Message(
            f"{root}/{topic}", payload, retain=beside.get("retain", False), response_topic=wanted
        )
        method = topic.rpartition("/")[2]
        replies = {topics.response, topics.response_to(method[:80]), wanted or topics.response}
        is_bare = not topic.endswith("rpc/request")
        due = is_bare or _is_due(payload)
        answers = await self._answers(message, replies, due=due)
        must(answers or not due, "a request is not answered")
        must(len(answers) <= 1, f"a request is answered {len(answers)} times")
        for answer in answers:
            for error in _errors(json.loads(answer)):
                must(error.get("message"), "an error says nothing")
                must(error.get("code") != _BUG, f"a request meets a bug: {error}")
                must(not leaked(json.dumps(error), [PLANTED]), f"an error tells a key: {error}")
        await self._check()


def _is_due(payload: bytes) -> bool:
    """Return whether there must be an answer: none for requests without an id alone."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return True
    entries = value if isinstance(value, list) and value else [value]
    return any(not isinstance(entry, dict) or "id" in entry for entry in entries)


def _errors(answer: Any) -> list[dict[str, Any]]:
    entries = answer if isinstance(answer, list) else [answer]
    return [entry["error"] for entry in entries if "error" in entry]


class XmlSubject(DocumentSubject):
    """Asked in XML."""

    async def take(self, octets: bytes) -> None:
        """Ask; there is one reply, it is XML, and it says of no bug."""
        topics = self._house.topics
        message = Message(topics.document_request, octets)
        replies = await self._answers(message, {topics.document_reply}, due=True)
        must(len(replies) == 1, f"a document is answered {len(replies)} times")
        reply = ET.fromstring(replies[0])
        for element in reply.iter():
            text = "".join(element.itertext())
            is_error = element.tag in {"error", "description", "desc", "hint"}
            must(not (is_error and Reason.INTERNAL.value in text), f"a call meets a bug: {text}")
            must(not (is_error and leaked(text, [PLANTED])), f"an error tells a key: {text}")
        await self._check()


# ------------------------------------------------------------------ inputs

_ENDING = {"exit", "leave_network", "configure_zigbee_network"}
"""Methods after which a gateway is not what it was: tried, but seldom."""


def _call(random: Random) -> tuple[str, dict[str, Any]]:
    known = methods()
    name = random.choice(list(known))
    if name in _ENDING and random.random() < 0.8:
        name = "help"
    params = parameters(random, known[name])
    for _ in range(random.choice((0, 0, 1, 2))):
        params = changed_value(random, params)
        if not isinstance(params, dict):
            break
    return name, params


def _request(random: Random) -> Any:
    name, params = _call(random)
    request: Any = {"jsonrpc": "2.0", "method": name, "params": params, "id": random.randrange(99)}
    if random.random() < 0.2:
        request = changed_value(random, request)
    return request


def _json(random: Random, value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=random.random() < 0.7).encode("utf-8", "surrogatepass")


def grow_json(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a request or a batch, by any topic, right or nearly so."""
    if seeds and random.random() < 0.2:
        head, _, payload = random.choice(seeds).partition(b"\n")
        return head + b"\n" + changed(random, payload, [one.partition(b"\n")[2] for one in seeds])
    topic, value = _topic_and_value(random)
    payload = _json(random, value)
    if random.random() < 0.15:
        payload = changed(random, payload, seeds)
    return json.dumps(_beside(random, topic)).encode() + b"\n" + payload


def _topic_and_value(random: Random) -> tuple[str, Any]:
    match random.randrange(10):
        case 0 | 1 | 2 | 3:
            name, params = _call(random)
            return f"rpc/request/{name}", params
        case 4:
            return "rpc/request", [_request(random) for _ in range(random.choice(_BATCHES))]
        case 5:
            return "rpc/request", odd_value(random)
    return "rpc/request", _request(random)


def _beside(random: Random, topic: str) -> dict[str, Any]:
    """Return what is said beside the payload."""
    if random.random() < 0.05:
        other = changed(random, topic.encode()).decode(errors="replace")
        if is_topic(other) and other.startswith("rpc/request/") and other.count("/") == 2:
            topic = other
    beside: dict[str, Any] = {"topic": topic if random.random() < 0.9 else f"all/{topic}"}
    if random.random() < 0.1:
        beside["response_topic"] = random.choice(_RESPONSE_TOPICS)
    if random.random() < 0.03:
        beside["retain"] = True
    return beside


_BATCHES = (0, 1, 3, 30, 201)
_RESPONSE_TOPICS = ("a/b", "sebridge/home/info", "homeassistant/x", "#", "x" * 300)

_TYPES = ("int", "string", "bool", "MAC", "base16", "base64", "list", "float", "none", "xml", "x")


def _element(random: Random, name: str, value: Any) -> str:
    tag = name if name.isidentifier() else "x"
    match value:
        case dict():
            kind = value.get("type", random.choice(("ZCLAttributeRecord", "SEPriceRecord", "")))
            inside = "".join(_element(random, str(key), item) for key, item in value.items())
        case list():
            kind, inside = "list", "".join(_element(random, "item", item) for item in value)
        case bool():
            kind, inside = "bool", str(value).upper()
        case int():
            kind, inside = "int", hex(value) if random.random() < 0.5 else str(value)
        case _:
            kind, inside = "string", escape(str(value))
    if random.random() < 0.2:
        kind = random.choice(_TYPES)
    return f'<{tag} type="{escape(str(kind), {chr(34): "&quot;"})}">{inside}</{tag}>'


def _commands(random: Random) -> str:
    calls = []
    for _ in range(random.choice((1, 1, 1, 2, 10))):
        name, params = _call(random)
        inside = "".join(
            _element(random, key, value)
            for key, value in (params.items() if isinstance(params, dict) else ())
        )
        waits = random.choice(
            ("", ' synchronous="true"', ' synchronous="TRUE"', ' synchronous="x"')
        )
        calls.append(f"<{name}{waits}>{inside}</{name}>")
    target = random.choice(("RPC_request",) * 6 + ("RPC_response", "file_system", ""))
    if target == "RPC_response":
        limit = random.choice(("", ' limit="1"', ' limit="-1"', ' limit="0xFFFFFFFFFF"'))
        calls = [f"<get_responses{limit}/>"]
    return f'<do_command target="{target}">{"".join(calls)}</do_command>'


_PROLOGUES = (
    "",
    "",
    "",
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="utf-16"?>',
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    "<?php x ?>",
)


def grow_xml(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return an RCI or SCI document, right or nearly so."""
    if seeds and random.random() < 0.2:
        return changed(random, random.choice(seeds), seeds)
    inside = "".join(_commands(random) for _ in range(random.choice((1, 1, 2))))
    document = f'<rci_request version="1.1">{inside}</rci_request>'
    if random.random() < 0.2:
        device = random.choice(("00000000-00000000-0E5EB100-00000001", "x", PLANTED))
        document = (
            f'<sci_request version="1.0"><send_message><targets><device id="{device}"/></targets>'
            f"{document}</send_message></sci_request>"
        )
    octets = (random.choice(_PROLOGUES) + document).encode("utf-8", "surrogatepass")
    return changed(random, octets, seeds) if random.random() < 0.4 else octets


@asynccontextmanager
async def _json_subject(_directory: Path) -> AsyncIterator[JsonSubject]:
    async with housed(house_options("meter", "display")) as (house, kept):
        yield JsonSubject(house, kept)


@asynccontextmanager
async def _xml_subject(_directory: Path) -> AsyncIterator[XmlSubject]:
    async with housed(house_options("meter", "display")) as (house, kept):
        yield XmlSubject(house, kept)


MQTT = Target(
    name="mqtt",
    told="requests by MQTT, JSON-RPC and bare parameters",
    subject=_json_subject,
    grow=grow_json,
    lasts=50,
    in_suite=200,
)
XML = Target(
    name="xml",
    told="RCI and SCI documents",
    subject=_xml_subject,
    grow=grow_xml,
    lasts=50,
    in_suite=200,
)
