"""Requests of the client side: ask the servers of the network, confirm, forget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from zigpy.types import uint8_t
from zigpy.zcl.foundation import CommandSchema, Status

from sebridge.base.addresses import Eui64
from sebridge.features.load_control.records import GetScheduledEventsRecord
from sebridge.features.messaging.records import (
    CONFIRMATION_REQUIRED,
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.records import GetCurrentPriceRecord, GetScheduledPricesRecord
from sebridge.gateway.events.event_desk import client_desk
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.zcl.identifiers import DRLC, MESSAGING, PRICE, SE_ENDPOINT

A = TypeVar("A")
Q = TypeVar("Q", bound=CommandSchema)


class Asking(Protocol):
    """The desk of a local client."""

    async def ask(self, question: CommandSchema) -> list[Eui64]:
        """Send a question to every active server; return the devices that took it."""

    def clear(self) -> None:
        """Forget all events here."""


class MessageBox(Asking, Protocol):
    """The desk of the Messaging client."""

    def active(self) -> list[DisplayMessageRecord]:
        """Return the messages on display."""

    def confirmed(self, message_id: int) -> None:
        """Note that the user confirmed a message, or its cancellation."""

    def stamped(self, record: MessageConfirmationRecord) -> MessageConfirmationRecord:
        """Return a confirmation with the time at which it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedResponse(Generic[Q]):
    """Which servers were asked, and with which record where one was given."""

    source_endpoint_id: int
    cluster_id: int
    record: Q | Absent = ABSENT
    device_list: Sequence[Eui64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledPricesResponse(AskedResponse[GetScheduledPricesRecord]):
    """Which servers were asked for their prices."""

    cluster_id: int = PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledDRLCEventsResponse(AskedResponse[GetScheduledEventsRecord]):
    """Which servers were asked for their load-control events."""

    cluster_id: int = DRLC


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMessageResponse:
    """Which servers were asked for their message; NOT_FOUND when there is none."""

    status: int
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    device_list: Sequence[Eui64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedResponse:
    """Which servers were told; NOT_FOUND when there is nothing to confirm."""

    status: int
    source_endpoint_id: int
    cluster_id: int = MESSAGING
    record: MessageConfirmationRecord | Absent = ABSENT
    device_list: Sequence[Eui64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPriceResponse:
    """Which Price servers were asked; NOT_FOUND when there is none."""

    status: int
    endpoint_id: int
    source_endpoint_id: int
    cluster_id: int = PRICE
    device_list: Sequence[Eui64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedResponse:
    """The local list is empty."""

    source_endpoint_id: int
    cluster_id: int


async def _asked(
    kind: Callable[..., A], desk: Asking, endpoint_id: int, given: Q | Absent, otherwise: Q
) -> A:
    """Ask what the caller gave, or else for everything; return the answer, an AskedResponse."""
    devices = await desk.ask(otherwise if given is ABSENT else given)
    return kind(source_endpoint_id=int(endpoint_id), record=given, device_list=devices)


def _cleared(desks: Mapping[int, Asking], endpoint_id: int, cluster_id: int) -> ClearedResponse:
    client_desk(desks, endpoint_id).clear()
    return ClearedResponse(source_endpoint_id=int(endpoint_id), cluster_id=cluster_id)


def _found(devices: Sequence[Eui64]) -> int:
    return int(Status.SUCCESS if devices else Status.NOT_FOUND)


class ClientMethods:
    """What a display may ask of the energy services of its home."""

    def __init__(
        self,
        prices: Mapping[int, Asking],
        load_control: Mapping[int, Asking],
        messages: Mapping[int, MessageBox],
    ) -> None:
        self._prices = prices
        self._load_control = load_control
        self._messages = messages

    # ------------------------------------------------------------------ prices

    @method(scope=Scope.READ)
    async def get_current_price_event(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> CurrentPriceResponse:
        """Ask every active Price server for its current price; it comes as received_price_event."""
        asked = await client_desk(self._prices, source_endpoint_id).ask(
            GetCurrentPriceRecord(command_options=1)
        )
        endpoint = int(source_endpoint_id)
        return CurrentPriceResponse(
            status=_found(asked),
            endpoint_id=endpoint,
            source_endpoint_id=endpoint,
            device_list=asked,
        )

    @method(scope=Scope.READ)
    async def get_scheduled_price_events(
        self,
        source_endpoint_id: uint8_t = SE_ENDPOINT,
        record: GetScheduledPricesRecord | Absent = ABSENT,
    ) -> ScheduledPricesResponse:
        """Ask every active Price server for its prices; they come as received_price_event."""
        desk, everything = client_desk(self._prices, source_endpoint_id), GetScheduledPricesRecord()
        return await _asked(ScheduledPricesResponse, desk, source_endpoint_id, record, everything)

    @method
    async def clear_price_events(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> ClearedResponse:
        """Empty the local list of prices; the servers keep theirs."""
        return _cleared(self._prices, source_endpoint_id, PRICE)

    # ------------------------------------------------------------------ load control

    @method(scope=Scope.READ)
    async def get_scheduled_DRLC_events(
        self,
        source_endpoint_id: uint8_t = SE_ENDPOINT,
        record: GetScheduledEventsRecord | Absent = ABSENT,
    ) -> ScheduledDRLCEventsResponse:
        """Ask every active DRLC server for its events; they come as received_DRLC_event."""
        desk = client_desk(self._load_control, source_endpoint_id)
        everything, kind = GetScheduledEventsRecord(), ScheduledDRLCEventsResponse
        return await _asked(kind, desk, source_endpoint_id, record, everything)

    @method
    async def clear_DRLC_events(self, source_endpoint_id: uint8_t = SE_ENDPOINT) -> ClearedResponse:
        """Empty the local list of load-control events; the servers keep theirs."""
        return _cleared(self._load_control, source_endpoint_id, DRLC)

    # ------------------------------------------------------------------ messages

    @method(scope=Scope.READ)
    async def get_last_message_event(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> LastMessageResponse:
        """Ask every active Messaging server for its message; it comes as received_message_event."""
        asked = await client_desk(self._messages, source_endpoint_id).ask(GetLastMessageRecord())
        return LastMessageResponse(
            status=_found(asked),
            source_endpoint_id=int(source_endpoint_id),
            device_list=asked,
        )

    @method
    async def confirm_message(
        self,
        source_endpoint_id: uint8_t = SE_ENDPOINT,
        record: MessageConfirmationRecord | Absent = ABSENT,
    ) -> ConfirmedResponse:
        """Confirm a message, or its cancellation, to every active Messaging server.

        Without a record the message on display is confirmed; NOT_FOUND when there is none.
        """
        box = client_desk(self._messages, source_endpoint_id)
        confirmation = _confirmation_of(box.active()) if record is ABSENT else record
        asked: Sequence[Eui64] = ()
        if confirmation is not None:
            asked = await box.ask(box.stamped(confirmation))
            box.confirmed(int(confirmation.message_id))
        return ConfirmedResponse(
            status=int(Status.NOT_FOUND if confirmation is None else Status.SUCCESS),
            source_endpoint_id=int(source_endpoint_id),
            record=record,
            device_list=asked,
        )

    @method
    async def clear_message_events(
        self, source_endpoint_id: uint8_t = SE_ENDPOINT
    ) -> ClearedResponse:
        """Empty the local list of messages; the servers keep theirs."""
        return _cleared(self._messages, source_endpoint_id, MESSAGING)


def _confirmation_of(shown: Sequence[DisplayMessageRecord]) -> MessageConfirmationRecord | None:
    """Return what confirms the message on display: the one that asks for it before others."""
    asking = [message for message in shown if message.message_control & CONFIRMATION_REQUIRED]
    chosen = next(iter([*asking, *shown]), None)
    return None if chosen is None else MessageConfirmationRecord(message_id=chosen.message_id)
