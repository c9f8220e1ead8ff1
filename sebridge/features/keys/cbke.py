"""Certificate-based key establishment as a state table: both sides, pure.

Source: ZigBee Smart Energy Profile 1.x, annex C; behaviour rules NET-3 and NET-4.

    initiator                                  responder
    Start            -> reads the suites
    SuitesRead       -> Initiate request       -> Initiate response
    Initiate rsp     -> Ephemeral request      -> Ephemeral response
    Ephemeral rsp    -> Confirm request (MACU) -> Confirm response (MACV)
    Confirm rsp      -> Default Response       stores the key when its response was delivered
                        and stores the key

Whatever does not fit is refused with a Terminate frame, and the session is over. A time-out ends
it silently. A frame that comes twice is ignored. The ephemeral keys and the codes are asked for
(MakeEphemeral, MakeCodes), and come back before anything else is heard. A step costs up to a scalar
multiplication (benchmarks/key_establishment.py), so a service may want a thread for it.
"""

from collections.abc import Callable
import hmac
from typing import Any, Final

from sebridge.base.errors import DecodeError
from sebridge.crypto.certificate import check_certificate, parse_certificate
from sebridge.crypto.suite import choose_suite, suite_of_bit
from sebridge.crypto.terminate import KeyEstablishmentError, TerminateStatus
from sebridge.features.keys.records import (
    INVALID_TIME,
    ConfirmKeyDataRequestRecord,
    ConfirmKeyDataResponseRecord,
    EphemeralDataRequestRecord,
    EphemeralDataResponseRecord,
    InitiateKeyEstablishmentRequestRecord,
    InitiateKeyEstablishmentResponseRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.features.keys.session import (
    ALLOWANCE,
    LONGEST_STEP,
    LONGEST_WAIT,
    RETRY,
    Accept,
    Action,
    CodesMade,
    Delivered,
    EphemeralMade,
    Established,
    Event,
    Failed,
    MakeCodes,
    MakeEphemeral,
    NotComputed,
    Partner,
    ReadSuites,
    Received,
    Send,
    Session,
    Start,
    State,
    Step,
    SuitesRead,
    TimePassed,
    Times,
    Undelivered,
    Unreadable,
    terminate,
)
from sebridge.model.record import Record


def step(session: Session, event: Event, now: float) -> Step:
    """Return what an event leads to; `now` is in seconds of any clock that only goes forward.

    Never raises for what a partner sends.
    """
    if session.state.over:
        return Step(session)
    try:
        return _stepped(session, event, now)
    except KeyEstablishmentError as error:
        return _refused(session, str(error), error.terminate_status, now)
    except DecodeError as error:
        return _refused(session, str(error), TerminateStatus.BAD_MESSAGE, now)


def _stepped(session: Session, event: Event, now: float) -> Step:
    match event:
        case Received(record=TerminateKeyEstablishmentRecord() as record):
            return _terminated(session, record, now)
        case Received(record=record, sequence=sequence):
            return _heard(session, record, sequence, now)
        case Unreadable(why=why):
            raise KeyEstablishmentError(why, TerminateStatus.BAD_MESSAGE)
        case NotComputed(why=why):
            raise KeyEstablishmentError(why, TerminateStatus.NO_RESOURCES)
        case TimePassed():
            late = session.deadline is not None and now >= session.deadline
            waiting = f"no {session.state.value} came in time"
            return _given_up(session, waiting, now) if late else Step(session)
        case Undelivered():
            return _given_up(session, "the partner cannot be reached", now)
    handler = _TABLE.get((session.state, type(event)))
    return Step(session) if handler is None else handler(session, event, now)


def _heard(session: Session, record: Record, sequence: int, now: float) -> Step:
    name = type(record).__name__
    frame = (name, sequence, record.serialize())
    if frame in session.heard:
        return Step(session)
    handler = _TABLE.get((session.state, type(record)))
    if handler is None:
        raise KeyEstablishmentError(
            f"{name} came instead of the {session.state.value}", TerminateStatus.BAD_MESSAGE
        )
    return handler(session.replace(heard=session.heard | {frame}), record, now)


# ------------------------------------------------------------------ initiator


def _on_start(session: Session, _event: Start, now: float) -> Step:
    if session.setup.forced_suite is None:
        waiting = session.replace(state=State.SUITES, deadline=now + ALLOWANCE)
        return Step(waiting, (ReadSuites(),))
    return _on_suites(session, SuitesRead(session.setup.forced_suite), now)


def _on_suites(session: Session, event: SuitesRead, now: float) -> Step:
    setup = session.setup
    suite = choose_suite(setup.own.suites, event.suites, setup.forced_suite)
    if suite is None:
        return _failed(
            session,
            f"there is no common suite: the partner has 0x{event.suites:04x}, the gateway"
            f" 0x{setup.suites:04x}",
            TerminateStatus.UNSUPPORTED_SUITE,
            retry_at=now + RETRY,
            partner_suites=event.suites,
        )
    own = setup.own.find(suite)
    request = InitiateKeyEstablishmentRequestRecord(
        key_establishment_suite=suite.bit,
        ephemeral_data_generate_time=setup.times.ephemeral,
        confirm_key_generate_time=setup.times.confirm,
        identity=own.certificate.octets,
    )
    waiting = session.replace(
        state=State.INITIATE_RESPONSE, deadline=now + ALLOWANCE, credentials=own
    )
    return Step(waiting, (Send(request),))


def _on_initiate_response(
    session: Session, record: InitiateKeyEstablishmentResponseRecord, _now: float
) -> Step:
    if record.requested_key_establishment_suite != session.suite.bit:
        raise KeyEstablishmentError(
            "the partner answered with another suite", TerminateStatus.BAD_MESSAGE
        )
    return _asking_for_ephemeral(session.replace(partner=_partner(session, record)))


def _on_ephemeral_response(
    session: Session, record: EphemeralDataResponseRecord, _now: float
) -> Step:
    return _asking_for_codes(session.replace(partner_ephemeral=bytes(record.ephemeral_data)))


def _on_confirm_response(
    session: Session, record: ConfirmKeyDataResponseRecord, _now: float
) -> Step:
    codes = _codes(session)
    _check_code(record.secure_message_authentication_code, codes.of_responder)
    return Step(session.ended(State.ESTABLISHED), (Accept(), Established(codes.link_key)))


# ------------------------------------------------------------------ responder


def _on_initiate_request(
    session: Session, record: InitiateKeyEstablishmentRequestRecord, now: float
) -> Step:
    setup, bits = session.setup, record.key_establishment_suite
    if bits.bit_count() != 1:
        raise KeyEstablishmentError(
            f"0x{bits:04x} is not exactly one suite", TerminateStatus.BAD_MESSAGE
        )
    suite = suite_of_bit(bits & setup.suites)
    if suite is None:
        raise KeyEstablishmentError(
            f"the suite 0x{bits:04x} is not supported", TerminateStatus.UNSUPPORTED_SUITE
        )
    own = setup.own.find(suite)
    chosen = session.replace(credentials=own)
    partner = _partner(chosen, record)
    response = InitiateKeyEstablishmentResponseRecord(
        requested_key_establishment_suite=bits,
        ephemeral_data_generate_time=setup.times.ephemeral,
        confirm_key_generate_time=setup.times.confirm,
        identity=own.certificate.octets,
    )
    waiting = chosen.replace(
        state=State.EPHEMERAL_REQUEST,
        deadline=now + ALLOWANCE + partner.times.ephemeral,
        partner=partner,
    )
    return Step(waiting, (Send(response),))


def _on_ephemeral_request(
    session: Session, record: EphemeralDataRequestRecord, _now: float
) -> Step:
    return _asking_for_ephemeral(session.replace(partner_ephemeral=bytes(record.ephemeral_data)))


def _on_confirm_request(session: Session, record: ConfirmKeyDataRequestRecord, now: float) -> Step:
    codes = _codes(session)
    _check_code(record.secure_message_authentication_code, codes.of_initiator)
    response = ConfirmKeyDataResponseRecord(secure_message_authentication_code=codes.of_responder)
    waiting = session.replace(state=State.DELIVERY, deadline=now + ALLOWANCE)
    return Step(waiting, (Send(response),))


def _on_delivered(session: Session, _event: Delivered, _now: float) -> Step:
    return Step(session.ended(State.ESTABLISHED), (Established(_codes(session).link_key),))


# ------------------------------------------------------------------ the arithmetic of both


def _asking_for_ephemeral(session: Session) -> Step:
    own = session.credentials
    assert own is not None
    waiting = session.replace(state=State.OWN_EPHEMERAL)
    return Step(waiting, (MakeEphemeral(own, session.setup.randomness),))


def _on_ephemeral_made(session: Session, made: EphemeralMade, now: float) -> Step:
    session = session.replace(ephemeral=made)
    if not session.initiator:
        return _asking_for_codes(session)
    waiting = session.replace(
        state=State.EPHEMERAL_RESPONSE,
        deadline=now + ALLOWANCE + _told(session).times.ephemeral,
    )
    return Step(waiting, (Send(EphemeralDataRequestRecord(ephemeral_data=made.public)),))


def _asking_for_codes(session: Session) -> Step:
    own, ephemeral, partner = session.credentials, session.ephemeral, _told(session)
    assert own is not None
    assert ephemeral is not None
    task = MakeCodes(
        own=own,
        ephemeral=ephemeral,
        partner=session.setup.partner,
        public_key=partner.public_key,
        certificate=partner.certificate,
        partner_ephemeral=session.partner_ephemeral,
        is_initiator=session.initiator,
    )
    return Step(session.replace(state=State.AGREEMENT), (task,))


def _on_codes_made(session: Session, codes: CodesMade, now: float) -> Step:
    """Forget the ephemeral key, and prove what came of it, or wait for the partner's proof."""
    own = session.ephemeral
    assert own is not None
    state = State.CONFIRM_RESPONSE if session.initiator else State.CONFIRM_REQUEST
    deadline = now + ALLOWANCE + _told(session).times.confirm
    waiting = session.replace(state=state, deadline=deadline, ephemeral=None, codes=codes)
    record: Record = EphemeralDataResponseRecord(ephemeral_data=own.public)
    if session.initiator:
        record = ConfirmKeyDataRequestRecord(secure_message_authentication_code=codes.of_initiator)
    return Step(waiting, (Send(record),))


_TABLE: Final[dict[tuple[State, type], Callable[[Session, Any, float], Step]]] = {
    (State.NEW, Start): _on_start,
    (State.SUITES, SuitesRead): _on_suites,
    (State.OWN_EPHEMERAL, EphemeralMade): _on_ephemeral_made,
    (State.AGREEMENT, CodesMade): _on_codes_made,
    (State.INITIATE_RESPONSE, InitiateKeyEstablishmentResponseRecord): _on_initiate_response,
    (State.EPHEMERAL_RESPONSE, EphemeralDataResponseRecord): _on_ephemeral_response,
    (State.CONFIRM_RESPONSE, ConfirmKeyDataResponseRecord): _on_confirm_response,
    (State.INITIATE_REQUEST, InitiateKeyEstablishmentRequestRecord): _on_initiate_request,
    # it begins again, or begins after somebody else has done so in its name
    (State.EPHEMERAL_REQUEST, InitiateKeyEstablishmentRequestRecord): _on_initiate_request,
    (State.EPHEMERAL_REQUEST, EphemeralDataRequestRecord): _on_ephemeral_request,
    (State.CONFIRM_REQUEST, ConfirmKeyDataRequestRecord): _on_confirm_request,
    (State.DELIVERY, Delivered): _on_delivered,
}
"""What is done in which state. Another frame is refused; another event means nothing."""


# ------------------------------------------------------------------ both


def _partner(
    session: Session,
    record: InitiateKeyEstablishmentRequestRecord | InitiateKeyEstablishmentResponseRecord,
) -> Partner:
    """Return the partner that an Initiate frame describes, once everything is checked."""
    own = session.credentials
    assert own is not None
    told = (record.ephemeral_data_generate_time, record.confirm_key_generate_time)
    certificate = parse_certificate(bytes(record.identity), own.suite)
    check_certificate(certificate, own.certificate.issuer, session.setup.partner)
    if INVALID_TIME in told:
        raise KeyEstablishmentError("a time in the frame is 0xff", TerminateStatus.BAD_MESSAGE)
    times = Times(*(min(time, LONGEST_STEP) for time in told))
    return Partner(own.key_of(certificate), certificate.octets, times)


def _told(session: Session) -> Partner:
    assert session.partner is not None
    return session.partner


def _codes(session: Session) -> CodesMade:
    assert session.codes is not None
    return session.codes


def _check_code(given: bytes, expected: bytes) -> None:
    if not hmac.compare_digest(bytes(given), expected):
        raise KeyEstablishmentError(
            "the partner does not have the same key", TerminateStatus.BAD_KEY_CONFIRM
        )


# ------------------------------------------------------------------ when it comes to nothing


def _refused(session: Session, why: str, status: TerminateStatus, now: float) -> Step:
    refusal = Send(terminate(status, session.setup.own.suites))
    return _failed(session, why, status, retry_at=now + RETRY, first=(refusal,))


def _terminated(session: Session, record: TerminateKeyEstablishmentRecord, now: float) -> Step:
    status, wait = record.status_code, record.wait_time
    known = {item.value: item.name for item in TerminateStatus}
    return _failed(
        session,
        f"the partner ended it: {known.get(status, f'0x{status:02x}')}",
        status,
        retry_at=now + (RETRY if wait in {0, INVALID_TIME} else min(wait, LONGEST_WAIT)),
        by_partner=True,
        partner_suites=record.key_establishment_suite,
    )


def _given_up(session: Session, why: str, now: float) -> Step:
    return _failed(session, why, None, retry_at=now + RETRY)


def _failed(  # each is one field of the news
    session: Session,
    why: str,
    status: int | None,
    *,
    retry_at: float,
    first: tuple[Action, ...] = (),
    by_partner: bool = False,
    partner_suites: int | None = None,
) -> Step:
    news = Failed(
        why=why,
        status=status,
        by_partner=by_partner,
        retry_at=retry_at if session.initiator else None,
        leave=session.initiator and status == TerminateStatus.UNKNOWN_ISSUER,
        partner_suites=partner_suites,
    )
    return Step(session.ended(State.FAILED), (*first, news))
