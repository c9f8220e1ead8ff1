"""Documents of an old head-end, carried out by a real dispatcher under a virtual clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
import re
from xml.etree import ElementTree as ET

from msgspec.structs import replace
import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, NotJoinedError, UnknownDeviceError
from sebridge.model.data_types import Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.alias import Aliases
from sebridge.rpc.dispatcher import Dispatcher, Witness
from sebridge.rpc.message import Caller, Notification, Scope
from sebridge.rpc.method import method
from sebridge.rpc.policy import InterfacePolicy, Policy
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.rpc.rci_reply import Form
from sebridge.rpc.response_buffer import Fetched, ResponseBuffer
from sebridge.rpc.xml_rpc_service import Fleet, XmlRpcService, XmlRules
from sebridge.rpc.xml_text import Xml
from tests.rpc.buffers import make_buffer

OWN = "00000000-00000000-0013A200-40111213"
OTHER = "00000000-00000000-00409DFF-FF0A0B02"
SILENT = "00000000-00000000-00409DFF-FF0A0B03"
HEAD_END = Caller("http", Scope.COMMAND)
USUAL = QuotaLimits()


@dataclass(frozen=True)
class Opened:
    join_time: int


class Chapter:
    """Some methods."""

    def __init__(self, clock: VirtualClock, buffer: ResponseBuffer) -> None:
        self._clock = clock
        self._buffer = buffer
        self.calls: list[str] = []

    @method
    async def enable_joining(self, join_time: Uint16) -> Opened:
        """Open."""
        self.calls.append(f"enable_joining {int(join_time)}")
        return Opened(join_time)

    @method
    async def slow(self, seconds: Uint16) -> Opened:
        """Take some time."""
        self.calls.append("slow")
        await self._clock.sleep(float(seconds))
        return Opened(seconds)

    @method
    async def fail(self) -> Opened:
        """Be refused."""
        raise NotJoinedError("not on a network")

    @method
    async def leave(self) -> None:
        """Tell nothing."""
        self.calls.append("leave")

    @method(scope=Scope.ADMIN)
    async def exit(self) -> None:
        """End everything."""
        self.calls.append("exit")

    @method(scope=Scope.READ)
    async def get_responses(self, limit: Uint16 | Absent = ABSENT) -> Fetched:
        """Fetch."""
        return self._buffer.fetch(None if limit is ABSENT else int(limit))


class Others(Fleet):
    """Another gateway, and one that is silent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    @override
    async def ask(self, device_id: str, document: bytes, caller: Caller) -> str:
        self.asked.append((device_id, document.decode()))
        if device_id == OTHER:
            return '<rci_reply version="1.1"><do_command target="RPC_request"/></rci_reply>'
        if device_id == SILENT:
            raise AnswerTimeoutError("gateway barn does not answer")
        raise UnknownDeviceError(f"device {device_id} is not known here")


class Desk:
    """A desk, and what stands around it."""

    def __init__(
        self,
        clock: VirtualClock,
        policy: Policy | None = None,
        *,
        awaited: bool = False,
        limits: QuotaLimits = USUAL,
    ) -> None:
        self.clock = clock
        self.timestamps = False
        self.quota = Quota(limits)
        self.buffer = make_buffer()
        self.chapter = Chapter(clock, self.buffer)
        self.aliases = Aliases({})
        self.others = Others()
        dispatcher = Dispatcher(self.durable, policy)
        dispatcher.register([self.chapter])
        self.rules = XmlRules(
            device_id=lambda: OWN,
            synchronous_timeout=lambda: 60.0,
            use_timestamps=lambda: self.timestamps,
        )
        self.desk = XmlRpcService(
            dispatcher.answer,
            self.aliases,
            self.buffer,
            clock,
            self.rules,
            self.others,
            quota=self.quota,
            awaited=awaited,
        )

    async def durable(self) -> None:
        """Memory is durable enough here."""

    async def reply(self, document: str) -> str:
        answering = asyncio.ensure_future(self.desk.answer(document.encode(), HEAD_END))
        for _ in range(1000):
            await self.clock.settle()
            if answering.done():
                break
            await self.clock.advance(0.5)
        return (await answering).decode()

    async def requests(self, calls: str) -> str:
        """Send calls; return what stands in the reply's responses."""
        reply = await self.reply(
            f'<rci_request version="1.1"><do_command target="RPC_request">{calls}</do_command>'
            "</rci_request>"
        )
        found = re.fullmatch(
            r'<rci_reply version="1\.1"><do_command target="RPC_request">'
            r"(?:<responses/>|<responses>(.*)</responses>)</do_command></rci_reply>",
            reply,
        )
        assert found is not None, reply
        return found[1] or ""

    def stored(self) -> list[str]:
        return [response.document for response in self.buffer.fetch().responses]


@pytest.fixture
async def desk(clock: VirtualClock) -> AsyncIterator[Desk]:
    desk = Desk(clock)
    await desk.desk.start()
    yield desk
    await desk.desk.stop()


# ------------------------------------------------------------------ calls


async def test_a_synchronous_call_is_answered_in_the_reply(desk: Desk) -> None:
    told = await desk.requests(
        '<enable_joining synchronous="TRUE"><join_time>180</join_time>'
        "<request_identifier>7</request_identifier></enable_joining>"
    )

    assert told == (
        '<enable_joining_response><join_time type="int">0xB4</join_time>'
        '<request_identifier type="int">0x7</request_identifier></enable_joining_response>'
    )
    assert desk.stored() == []


async def test_another_call_is_answered_in_the_buffer(desk: Desk) -> None:
    told = await desk.requests("<enable_joining><join_time>180</join_time></enable_joining>")
    await desk.clock.settle()

    assert told == ""
    assert desk.stored() == [
        '<enable_joining_response><join_time type="int">0xB4</join_time></enable_joining_response>'
    ]


async def test_calls_begin_in_their_order(desk: Desk) -> None:
    await desk.requests(
        "<slow><seconds>5</seconds></slow>"
        '<enable_joining synchronous="true"><join_time>1</join_time></enable_joining>'
        "<leave/>"
    )
    await desk.clock.settle()

    assert desk.chapter.calls == ["slow", "enable_joining 1", "leave"]


async def test_an_error_is_a_message_with_the_identifier(desk: Desk) -> None:
    told = await desk.requests(
        '<fail synchronous="TRUE"><request_identifier type="string">a</request_identifier></fail>'
    )

    assert told == (
        '<message><severity type="int">0x2</severity>'
        '<description type="string">fail: not on a network</description>'
        '<request_identifier type="string">a</request_identifier></message>'
    )


async def test_an_error_of_another_call_is_in_the_buffer(desk: Desk) -> None:
    await desk.requests("<unknown><request_identifier>9</request_identifier></unknown>")
    await desk.clock.settle()

    (stored,) = desk.stored()
    assert "there is no method" in stored
    assert '<request_identifier type="int">0x9</request_identifier>' in stored


async def test_one_wrong_call_stops_no_other(desk: Desk) -> None:
    told = await desk.requests(
        '<enable_joining synchronous="TRUE"><join_time>soon</join_time></enable_joining>'
        '<enable_joining synchronous="TRUE"><join_time>2</join_time></enable_joining>'
    )

    assert "join_time" in told
    assert desk.chapter.calls == ["enable_joining 2"]


async def test_a_method_without_a_response_has_none(desk: Desk) -> None:
    told = await desk.requests('<leave synchronous="TRUE"/><leave/>')
    await desk.clock.settle()

    assert told == ""
    assert desk.stored() == []


async def test_a_synchronous_call_that_takes_too_long_is_answered_later(desk: Desk) -> None:
    told = await desk.requests('<slow synchronous="TRUE"><seconds>61</seconds></slow>')

    assert told == ""
    await desk.clock.advance(2)
    assert desk.stored() == [
        '<slow_response><join_time type="int">0x3D</join_time></slow_response>'
    ]


async def test_the_response_of_a_caller_who_has_gone_away_is_kept(desk: Desk) -> None:
    document = (
        b'<rci_request><do_command target="RPC_request">'
        b'<slow synchronous="TRUE"><seconds>5</seconds></slow></do_command></rci_request>'
    )
    answering = asyncio.ensure_future(desk.desk.answer(document, HEAD_END))
    await desk.clock.settle()

    answering.cancel()
    await desk.clock.advance(6)

    assert answering.cancelled()
    assert desk.stored() == ['<slow_response><join_time type="int">0x5</join_time></slow_response>']


@pytest.mark.parametrize("turns", [1, 20], ids=["before it begins", "in the middle"])
async def test_a_stop_breaks_off_whoever_waits_for_a_call(desk: Desk, turns: int) -> None:
    document = CALLS.format('<slow synchronous="TRUE"><seconds>9</seconds></slow>')
    answering = asyncio.ensure_future(desk.desk.answer(document.encode(), HEAD_END))
    for _ in range(turns):
        await asyncio.sleep(0)

    await desk.desk.stop()

    with pytest.raises(asyncio.CancelledError):
        await answering
    assert desk.chapter.calls == ["slow"] * (turns > 1)
    assert desk.quota.calls == 0


async def test_what_the_caller_may_not_do_is_not_done(desk: Desk) -> None:
    told = await desk.requests('<exit synchronous="TRUE"/>')

    assert "exit needs the scope admin" in told
    assert desk.chapter.calls == []


async def test_responses_say_when_they_were_made(desk: Desk) -> None:
    desk.timestamps = True

    told = await desk.requests(
        '<enable_joining synchronous="TRUE"><join_time>1</join_time></enable_joining>'
    )

    (root,) = ET.fromstring(f"<all>{told}</all>")
    assert float(root.attrib["timestamp"]) == pytest.approx(desk.clock.utc(), abs=1)


async def test_aliases_stand_for_whole_calls_and_for_parameters(desk: Desk) -> None:
    desk.aliases.define("LONG", Xml("<join_time>240</join_time>"))
    desk.aliases.define(
        "OPEN", Xml('<enable_joining synchronous="TRUE"><LONG type="alias"/></enable_joining>')
    )

    await desk.requests('<OPEN type="alias"/>')

    assert desk.chapter.calls == ["enable_joining 240"]


async def test_an_unknown_alias_is_told(desk: Desk) -> None:
    told = await desk.requests(
        '<enable_joining synchronous="TRUE"><X type="alias"/></enable_joining>'
    )

    assert "X" in told
    assert "<message>" in told
    assert desk.chapter.calls == []


async def test_the_form_of_the_first_gateways_can_be_had(clock: VirtualClock) -> None:
    desk = Desk(clock)
    old = replace(desk.rules, form=Form.V1_3)
    dispatcher = Dispatcher(desk.durable)
    dispatcher.register([desk.chapter])
    older = XmlRpcService(
        dispatcher.answer, desk.aliases, desk.buffer, clock, old, quota=desk.quota
    )

    reply = await older.answer(
        b'<rci_request><do_command target="rpc_request"><leave/>'
        b'<enable_joining synchronous="TRUE"><join_time>1</join_time></enable_joining>'
        b"</do_command></rci_request>",
        HEAD_END,
    )
    await older.stop()

    assert reply == (
        b'<rci_reply version="1.1"><do_command><enable_joining_response>'
        b'<join_time type="int">0x1</join_time></enable_joining_response></do_command></rci_reply>'
    )


# ------------------------------------------------------------------ fetching


FETCH = (
    '<rci_request><do_command target="RPC_response"><get_responses{}/></do_command></rci_request>'
)


async def test_stored_responses_are_fetched_oldest_first(desk: Desk) -> None:
    for number in range(3):
        await desk.requests(f"<enable_joining><join_time>{number}</join_time></enable_joining>")

    reply = await desk.reply(FETCH.format(' limit="2"'))

    assert reply == (
        '<rci_reply version="1.1"><do_command target="RPC_response"><responses remaining="1">'
        '<enable_joining_response><join_time type="int">0x0</join_time></enable_joining_response>'
        '<enable_joining_response><join_time type="int">0x1</join_time></enable_joining_response>'
        "</responses></do_command></rci_reply>"
    )
    assert 'remaining="0"' in await desk.reply(FETCH.format(""))


async def test_whoever_may_not_fetch_takes_nothing(clock: VirtualClock) -> None:
    denied = Policy(interfaces={"http": InterfacePolicy(deny=frozenset({"get_responses"}))})
    desk = Desk(clock, denied)
    desk.buffer.append("message", 0.0, "<message/>", owner="")

    reply = await desk.reply(FETCH.format(""))
    await desk.desk.stop()

    assert "get_responses is denied at the interface http" in reply
    assert len(desk.buffer) == 1


async def test_notifications_are_kept_once_somebody_may_come(desk: Desk) -> None:
    opened = Notification("opened", Opened(5), 1_300_000_000.0)
    desk.desk.note(opened)
    assert len(desk.buffer) == 0

    await desk.requests("")
    desk.desk.note(opened)

    assert desk.stored() == ['<opened><join_time type="int">0x5</join_time></opened>']


async def test_notifications_are_kept_from_the_start_where_somebody_is_expected(
    desk: Desk,
) -> None:
    desk = Desk(desk.clock, awaited=True)
    desk.timestamps = True

    desk.desk.note(Notification("opened", Opened(5), 1_300_000_000.0))

    assert desk.stored() == [
        '<opened timestamp="1300000000.0"><join_time type="int">0x5</join_time></opened>'
    ]


# ------------------------------------------------------------------ several gateways


def sci(*devices: str) -> str:
    targets = "".join(f'<device id="{device}"/>' for device in devices)
    return (
        f'<sci_request version="1.0"><send_message><targets>{targets}</targets>'
        '<rci_request version="1.1"><do_command target="RPC_request">'
        '<enable_joining synchronous="TRUE"><LONG type="alias"/></enable_joining>'
        "</do_command></rci_request></send_message></sci_request>"
    )


async def test_one_document_asks_several_gateways(desk: Desk) -> None:
    desk.aliases.define("LONG", Xml("<join_time>240</join_time>"))

    reply = await desk.reply(sci(OWN.lower(), OTHER, SILENT, "NOBODY"))

    devices = {device.attrib["id"]: device for device in ET.fromstring(reply).iter("device")}
    assert devices[OWN].findtext(".//join_time") == "0xF0"
    assert devices[OTHER].find("rci_reply/do_command") is not None
    assert devices[SILENT].findtext("error/desc") == "gateway barn does not answer"
    assert devices["NOBODY"].findtext("error/desc") == "device NOBODY is not known here"


CALLS = '<rci_request><do_command target="RPC_request">{}</do_command></rci_request>'


class Counting(Witness):
    """Counts what may change something."""

    def __init__(self) -> None:
        self.begun = 0

    @override
    def begins(self) -> None:
        self.begun += 1


@pytest.mark.parametrize(
    ("document", "begun"),
    [
        (FETCH.format(""), 0),
        (CALLS.format('<leave synchronous="TRUE"/><fail synchronous="TRUE"/>'), 2),
        (CALLS.format('<leave synchronous="perhaps"/>'), 1),
        (CALLS.format("<leave/>"), 1),
        (sci(OTHER), 1),
        (sci(OWN), 1),
    ],
    ids=["asks", "commands", "wrong", "answered before it begins", "of another", "of ours"],
)
async def test_whoever_keeps_the_document_is_told_before_its_reply_of_what_may_change_something(
    desk: Desk, document: str, begun: int
) -> None:
    desk.aliases.define("LONG", Xml("<join_time>240</join_time>"))
    counting = Counting()

    await desk.desk.answer(document.encode(), HEAD_END, counting)

    assert counting.begun == begun


async def test_aliases_are_left_to_the_gateway_that_is_asked(desk: Desk) -> None:
    await desk.reply(sci(OTHER))

    ((device, document),) = desk.others.asked
    assert device == OTHER
    assert document == (
        '<rci_request version="1.1"><do_command target="RPC_request">'
        '<enable_joining synchronous="TRUE"><LONG type="alias"/></enable_joining>'
        "</do_command></rci_request>"
    )


# ------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("<rci_request>", 'line="1"'),
        ("no XML", 'line="1"'),
        ("<other/>", "must be an rci_request or an sci_request"),
        ("<sci_request/>", "must hold one send_message"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><rci_request/>', "DOCTYPE"),
    ],
)
async def test_what_cannot_be_read_is_told(desk: Desk, document: str, problem: str) -> None:
    reply = await desk.reply(document)

    assert ET.fromstring(reply).find("error") is not None
    assert problem in reply


async def test_an_unknown_target_is_told(desk: Desk) -> None:
    reply = await desk.reply(
        '<rci_request><do_command target="file_system"><ls/></do_command><query_state/>'
        "</rci_request>"
    )

    root = ET.fromstring(reply)
    assert root.findtext("do_command/error/desc") == (
        "no such target: must be RPC_request or RPC_response"
    )
    assert root.findtext("query_state/error/desc") == ("query_state: must be a do_command")


async def test_more_calls_than_one_caller_may_have_under_way_take_turns(desk: Desk) -> None:
    calls = "<slow><seconds>1</seconds></slow>" * 501

    await desk.requests(calls)
    await desk.clock.advance(1)

    assert len(desk.stored()) == 250  # the capacity of the buffer
    assert desk.buffer.dropped == 251
    assert desk.chapter.calls == ["slow"] * 501
    assert desk.quota.calls == 0


async def test_another_document_of_the_same_caller_is_told_to_wait(desk: Desk) -> None:
    many = "<slow><seconds>50</seconds></slow>" * 200

    await desk.requests(many)
    refused = await desk.reply(
        '<rci_request><do_command target="RPC_request"><leave/><leave/></do_command></rci_request>'
    )
    single = await desk.requests(
        '<enable_joining synchronous="TRUE"><join_time>1</join_time></enable_joining>'
    )

    assert "busy: of one caller, 200 calls" in refused
    assert "leave" not in desk.chapter.calls
    assert "join_time" in single


async def test_a_document_that_takes_too_long_is_cut_short(clock: VirtualClock) -> None:
    desk = Desk(clock, limits=QuotaLimits(document_seconds=25.0))
    slow = '<slow synchronous="TRUE"><seconds>10</seconds></slow>'

    told = await desk.requests(slow * 10)

    assert told.count("<slow_response>") == 3
    assert (
        "slow: not carried out, nor are the 6 after it: the document takes longer than 25 s" in told
    )
    assert desk.chapter.calls == ["slow"] * 3


async def test_a_reply_that_grows_too_large_is_cut_short(clock: VirtualClock) -> None:
    desk = Desk(clock, limits=QuotaLimits(reply=1_000, replies=4_000))
    call = '<enable_joining synchronous="TRUE"><join_time>1</join_time></enable_joining>'

    told = await desk.requests(call * 2_500)

    assert len(told) < 1_500
    assert "the answer is left out: the reply would have more than 1000 octets" in told
    done = len(desk.chapter.calls)
    assert f"not carried out, nor are the {2_500 - done - 1} after it" in told
    assert desk.quota.octets == 0


async def test_others_have_their_turn_between_the_calls_of_a_document(desk: Desk) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.ensure_future(other())
    await desk.desk.answer(
        b'<rci_request><do_command target="RPC_request">'
        + b'<enable_joining synchronous="TRUE"><join_time>1</join_time></enable_joining>' * 100
        + b"</do_command></rci_request>",
        HEAD_END,
    )
    task.cancel()

    assert turns >= 100


async def test_stored_responses_that_do_not_fit_into_a_reply_stay_there(
    clock: VirtualClock,
) -> None:
    desk = Desk(clock, limits=QuotaLimits(reply=1_000, replies=4_000))
    for number in range(4):
        desk.buffer.append("message", 0.0, f"<a{number}>{'x' * 300}</a{number}>", owner="")
    fetch = '<get_responses limit="2"/>'

    reply = await desk.reply(
        f'<rci_request><do_command target="RPC_response">{fetch * 3}</do_command></rci_request>'
    )

    assert ("<a0>" in reply, "<a1>" in reply) == (True, True)
    assert "the reply would have more than 1000 octets" in reply
    assert len(desk.buffer) == 2


async def test_a_response_that_is_too_large_to_be_kept_says_so(clock: VirtualClock) -> None:
    desk = Desk(clock)
    desk.buffer.most_octets = 50

    await desk.requests("<enable_joining><join_time>1</join_time></enable_joining>")
    await clock.settle()

    (stored,) = desk.stored()
    assert "the answer is left out: it has more than 50 octets" in stored


async def test_a_reader_does_not_push_out_the_stored_responses_of_another(desk: Desk) -> None:
    operator = Caller("http", Scope.COMMAND, name="head-end")
    reader = Caller("http", Scope.READ, name="dashboard")
    document = (
        '<rci_request><do_command target="RPC_request">{}</do_command></rci_request>'
    ).format

    await desk.desk.answer(document("<fail/>").encode(), operator)
    await desk.clock.settle()
    await desk.desk.answer(document("<none/>" * 300).encode(), reader)
    await desk.clock.settle()

    stored = desk.stored()
    assert len(stored) == 250
    assert "not on a network" in stored[0]
