"""A remote meter that answers what it is asked, with real attributes, and can fall silent."""

from collections.abc import Sequence

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.gateway import general_commands
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.peer import Peer
from sebridge.radio.radio import Outgoing
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import parse_read_attributes
from sebridge.zcl.identifiers import BASIC, METERING
from sebridge.zcl.reporting import parse_configure_reporting
from sebridge.zcl.status import Status
from tests.gateway.radio_side import heard, peer

REGISTERS = [
    LocalAttribute(0x0000, 0x25, 12_000),
    LocalAttribute(0x0200, 0x18, 0),
    LocalAttribute(0x0300, 0x30, 0),
    LocalAttribute(0x0301, 0x22, 1),
    LocalAttribute(0x0302, 0x22, 1000),
    LocalAttribute(0x0303, 0x18, 0xFB),
    LocalAttribute(0x0306, 0x18, 0),
    LocalAttribute(0x0400, 0x2A, -1500),
]


class RemoteMeter:
    """Answers reads and configurations; `story` says what it was asked, in order."""

    def __init__(self, exchange: Exchange) -> None:
        self.attributes = {
            METERING: LocalAttributes(REGISTERS),
            BASIC: LocalAttributes(
                [LocalAttribute(0x0004, 0x42, "maker"), LocalAttribute(0x0005, 0x42, "model")]
            ),
        }
        self.story: list[tuple[str, list[int]]] = []
        self.silent = False
        self.refusals = b"\x00"
        self.answers: Frame | None = None  # in place of the right one
        self.answers_only: int | None = None  # to this command; to all if None
        self.most_told: int | None = None  # so many attributes fit into an answer
        self._exchange = exchange

    def hear(self, out: Outgoing) -> None:
        question = Frame.parse(out.data)
        answer = self._answer(question, self.attributes[out.cluster_id])
        numbered = Frame(
            answer.command_id, question.sequence, answer.payload, answer.cluster_specific
        )
        if not self.silent:
            source = {"source": out.destination, "source_endpoint": out.destination_endpoint}
            self._exchange.answered(heard(b"", out.cluster_id, **source), numbered)

    def _answer(self, question: Frame, attributes: LocalAttributes) -> Frame:
        payload = question.payload
        if question.command_id == zcl.READ_ATTRIBUTES:
            self.story.append(("read", parse_read_attributes(payload)))
            payload = payload if self.most_told is None else payload[: 2 * self.most_told]
        elif question.command_id == zcl.CONFIGURE_REPORTING:
            records = parse_configure_reporting(payload)
            self.story.append(("report", [record.attribute_id for record in records]))
            return self._wrong(question) or Frame(
                zcl.CONFIGURE_REPORTING_RESPONSE, 0, self.refusals
            )
        else:
            self.story.append((f"command 0x{question.command_id:02X}", []))
        if (wrong := self._wrong(question)) is not None:
            return wrong
        told = general_commands.answer(question.command_id, attributes, payload)
        assert told is not None
        return Frame(told[0], 0, told[1])

    def _wrong(self, question: Frame) -> Frame | None:
        is_meant = self.answers_only in {None, question.command_id}
        return self.answers if is_meant else None


class Places:
    """The servers that are there, and the way to bind them; both can be changed."""

    def __init__(self, story: list[tuple[str, list[int]]]) -> None:
        self.peers: list[Peer] = [peer()]
        self.status = int(Status.SUCCESS)
        self.unbindable = False
        self.bound: list[tuple[Peer, int, int]] = []
        self._story = story

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        return list(self.peers) if cluster_id in {METERING, BASIC} else []

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        return [peer for peer in self.servers(cluster_id) if peer.device == device]

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        self._story.append(("bind", [cluster_id]))
        self.bound.append((peer, cluster_id, local_endpoint))
        if self.unbindable:
            raise DeliveryError("no acknowledgement")
        return self.status
