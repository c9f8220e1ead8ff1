"""Frames out, answers back."""

import asyncio

from msgspec import structs
import pytest

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, RefusedError
from sebridge.gateway.admission import Asked
from sebridge.gateway.exchange import Exchange
from sebridge.network.peer import Peer
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import BASIC, HA_PROFILE, METERING, SE_ENDPOINT, SE_PROFILE
from tests.gateway.radio_side import RecordingSender, Trust, address, heard, peer

QUESTION = Frame(0x00, 0, b"\x00\x00")


def answer_to(outgoing: Outgoing, payload: bytes = b"") -> Frame:
    return Frame(0x01, Frame.parse(outgoing.data).sequence, payload, from_server=True)


async def test_a_question_gets_its_answer(exchange: Exchange, sender: RecordingSender) -> None:
    sender.answer = lambda out: exchange.answered(heard(b"", METERING), answer_to(out, b"42"))

    answer = await exchange.ask(peer(), METERING, SE_ENDPOINT, QUESTION)

    assert answer.payload == b"42"
    assert sender.sent[0].destination == address(1)
    assert sender.sent[0].destination_endpoint == 9


async def test_questions_at_the_same_time_do_not_get_each_others_answers(
    exchange: Exchange, sender: RecordingSender, clock: VirtualClock
) -> None:
    asking = [
        asyncio.ensure_future(exchange.ask(who, METERING, SE_ENDPOINT, QUESTION))
        for who in (peer(1), peer(1), peer(2))
    ]
    await clock.settle()

    for number in (2, 0, 1):
        out = sender.sent[number]
        incoming = heard(b"", METERING, source=out.destination)
        assert exchange.answered(incoming, answer_to(out, bytes((number,))))

    assert [(await task).payload for task in asking] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize(
    "other", [{"source": address(2)}, {"cluster_id": BASIC}], ids=["device", "cluster"]
)
async def test_an_answer_of_another_is_no_answer(
    exchange: Exchange, sender: RecordingSender, clock: VirtualClock, other: dict[str, object]
) -> None:
    asking = asyncio.ensure_future(exchange.ask(peer(), METERING, SE_ENDPOINT, QUESTION))
    await clock.settle()

    stranger = heard(b"", **({"cluster_id": METERING} | other))  # type: ignore[arg-type]  # mixed

    assert not exchange.answered(stranger, answer_to(sender.sent[0]))
    await clock.advance(10)
    with pytest.raises(AnswerTimeoutError):
        await asking


async def test_silence_ends_in_a_timeout_and_a_late_answer_is_nobodys(
    exchange: Exchange, sender: RecordingSender, clock: VirtualClock
) -> None:
    asking = asyncio.ensure_future(exchange.ask(peer(), METERING, SE_ENDPOINT, QUESTION))
    await clock.advance(9.9)
    assert not asking.done()

    await clock.advance(0.2)

    with pytest.raises(AnswerTimeoutError, match="did not answer: no answer within 10 s"):
        await asking
    assert not exchange.answered(heard(b"", METERING), answer_to(sender.sent[0]))


async def test_a_second_answer_to_the_same_question_is_nobodys(
    exchange: Exchange, sender: RecordingSender
) -> None:
    told: list[bool] = []

    def answer_twice(out: Outgoing) -> None:
        told.extend(exchange.answered(heard(b"", METERING), answer_to(out)) for _ in range(2))

    sender.answer = answer_twice

    await exchange.ask(peer(), METERING, SE_ENDPOINT, QUESTION)

    assert told == [True, False]


async def test_a_question_that_was_not_taken_is_not_waited_for(
    exchange: Exchange, sender: RecordingSender
) -> None:
    sender.silent.add(address(1))

    with pytest.raises(DeliveryError):
        await exchange.ask(peer(), METERING, SE_ENDPOINT, QUESTION)

    assert not exchange.answered(heard(b"", METERING), answer_to(sender.sent[0]))


@pytest.mark.parametrize(
    ("profile", "cluster", "encrypted"),
    [
        (SE_PROFILE, METERING, True),
        (SE_PROFILE, BASIC, False),
        (HA_PROFILE, METERING, False),
    ],
)
async def test_what_needs_a_link_key_is_encrypted_sec_1(
    exchange: Exchange, sender: RecordingSender, profile: int, cluster: int, *, encrypted: bool
) -> None:
    await exchange.tell(peer(), profile, cluster, SE_ENDPOINT, QUESTION)

    assert sender.sent[0].encrypted == encrypted


@pytest.mark.parametrize("many", Broadcast)
async def test_a_broadcast_goes_out_in_the_clear(
    exchange: Exchange, sender: RecordingSender, many: Broadcast
) -> None:
    everyone = Peer(Eui64(many), 0xFF, SE_PROFILE)

    await exchange.tell(everyone, SE_PROFILE, BASIC, SE_ENDPOINT, QUESTION)

    assert sender.sent[0].destination is many
    assert sender.sent[0].destination_endpoint == 0xFF
    assert not sender.sent[0].encrypted


async def test_what_needs_a_link_key_is_not_broadcast_sec_7(
    exchange: Exchange, sender: RecordingSender
) -> None:
    everyone = Peer(Eui64(Broadcast.ALL), 0xFF, SE_PROFILE)

    with pytest.raises(RefusedError, match="0x0702 needs a link key, which a broadcast cannot"):
        await exchange.tell(everyone, SE_PROFILE, METERING, SE_ENDPOINT, QUESTION)

    assert sender.sent == []


@pytest.mark.parametrize("encrypted", [True, False])
async def test_an_answer_is_encrypted_as_its_question_was_sec_3(
    exchange: Exchange, sender: RecordingSender, *, encrypted: bool
) -> None:
    asked = heard(b"", METERING, encrypted=encrypted, profile_id=0x0109, source_endpoint=3)

    await exchange.reply(asked, Frame(0x01, 0x44, b"x"))

    out = sender.sent[0]
    assert out.encrypted == encrypted
    assert (out.source_endpoint, out.destination_endpoint) == (SE_ENDPOINT, 3)
    assert Frame.parse(out.data).sequence == 0x44


def test_sequence_numbers_go_round(exchange: Exchange) -> None:
    numbers = [exchange.next_sequence() for _ in range(512)]

    assert numbers[:2] == [1, 2]
    assert sorted(numbers[:256]) == list(range(256))
    assert numbers[:256] == numbers[256:]


async def test_nothing_secured_is_sent_to_who_has_not_proved_himself_sec_4(
    exchange: Exchange, sender: RecordingSender, trust: Trust
) -> None:
    trust.proven = lambda device: device == address(2)

    with pytest.raises(DeliveryError, match="no key is established") as caught:
        await exchange.tell(peer(1), SE_PROFILE, METERING, SE_ENDPOINT, QUESTION)
    await exchange.tell(peer(1), SE_PROFILE, BASIC, SE_ENDPOINT, QUESTION)
    await exchange.tell(peer(2), SE_PROFILE, METERING, SE_ENDPOINT, QUESTION)

    assert caught.value.tx_status == TxStatus.SECURITY_FAIL
    assert [(out.destination, out.encrypted) for out in sender.sent] == [
        (address(1), False),
        (address(2), True),
    ]


async def test_a_frame_can_be_put_under_the_number_that_it_has(
    exchange: Exchange, sender: RecordingSender
) -> None:
    await exchange.put(peer(), BASIC, SE_ENDPOINT, Frame(0x01, 0x77, b""))

    assert sender.frames[0].sequence == 0x77
    assert not sender.sent[0].encrypted


@pytest.mark.parametrize("disabled", [True, False])
async def test_whether_devices_are_to_answer_in_any_case_is_asked_each_time(
    sender: RecordingSender, clock: VirtualClock, trust: Trust, *, disabled: bool
) -> None:
    exchange = trust.exchange(sender, clock, no_default_response=lambda: disabled)
    question = structs.replace(QUESTION, no_default_response=True)

    await exchange.tell(peer(), SE_PROFILE, METERING, SE_ENDPOINT, question)
    await exchange.put(peer(), METERING, SE_ENDPOINT, question)
    await exchange.put(peer(), METERING, SE_ENDPOINT, QUESTION)  # which asks for it itself

    bits = [Frame.parse(out.data).no_default_response for out in sender.sent]
    assert bits == [disabled, disabled, False]


async def test_an_answer_that_is_not_accepted_is_waited_past(
    exchange: Exchange, sender: RecordingSender, clock: VirtualClock
) -> None:
    asking = asyncio.ensure_future(
        exchange.converse(
            peer(), METERING, SE_ENDPOINT, QUESTION, accepts=lambda frame: frame.payload == b"42"
        )
    )
    await clock.settle()

    assert not exchange.answered(heard(b"", METERING), answer_to(sender.sent[0], b"41"))
    assert exchange.answered(
        heard(b"", METERING, encrypted=False), answer_to(sender.sent[0], b"42")
    )

    answer = await asking
    assert (answer.frame.payload, answer.encrypted) == (b"42", False)


@pytest.mark.parametrize(("wish", "encrypted"), [(None, True), (True, True), (False, False)])
async def test_who_asks_may_say_whether_to_encrypt(
    exchange: Exchange, sender: RecordingSender, *, wish: bool | None, encrypted: bool
) -> None:
    sender.answer = lambda out: exchange.answered(heard(b"", METERING), answer_to(out))

    await exchange.converse(peer(), METERING, SE_ENDPOINT, QUESTION, encrypted=wish)

    assert sender.sent[0].encrypted is encrypted


async def test_it_is_known_how_an_answer_was_asked_for(
    exchange: Exchange, sender: RecordingSender, clock: VirtualClock
) -> None:
    plain = heard(b"", METERING, encrypted=False)
    open_question, secret_question = (
        asyncio.ensure_future(
            exchange.converse(peer(), METERING, SE_ENDPOINT, QUESTION, encrypted=encrypted)
        )
        for encrypted in (False, None)
    )
    await clock.settle()

    asked = [exchange.asked(plain, answer_to(out)) for out in sender.sent]
    stranger = exchange.asked(heard(b"", METERING, source=address(9)), answer_to(sender.sent[0]))
    open_question.cancel()
    secret_question.cancel()
    await clock.settle()

    assert asked == [Asked.IN_THE_CLEAR, Asked.AS_NEEDED]
    assert stranger is Asked.NOT
    assert exchange.asked(plain, answer_to(sender.sent[0])) is Asked.NOT


@pytest.mark.parametrize(("cluster_id", "said"), [(0xFC01, False), (BASIC, True)])
async def test_what_was_said_of_a_cluster_goes_before_its_profile(
    exchange: Exchange, sender: RecordingSender, trust: Trust, cluster_id: int, *, said: bool
) -> None:
    trust.encryption.say(SE_ENDPOINT, cluster_id, server=False, encrypted=said)
    trust.proven = lambda _device: not said
    from_server = Frame(0x00, 0, b"", from_server=True)

    telling = exchange.tell(peer(), SE_PROFILE, cluster_id, SE_ENDPOINT, QUESTION)

    if said:
        with pytest.raises(DeliveryError, match="no key is established"):
            await telling
    else:
        await telling
        await exchange.tell(peer(), SE_PROFILE, cluster_id, SE_ENDPOINT, from_server)
        assert [frame.encrypted for frame in sender.sent] == [False, True]
