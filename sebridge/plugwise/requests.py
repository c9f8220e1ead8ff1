"""What a host asks of a Plugwise stick, each request as a record that knows what answers it.

Source: command reference of the RESTwise project, and its frames. The meaning of 0016, 0028, 0029
and 003E was worked out from the frames. 000D, 0017 and 0057 are not in it: they are from
public implementations, and no frame of ours shows them. A field named `unknown` has no explanation.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.answers import (
    Answer,
    Calibration,
    ClockNow,
    Confirmation,
    DeviceInfo,
    EndpointInfo,
    EndpointRemoved,
    Features,
    LogBuffer,
    PingAnswer,
    PowerNow,
    RealTimeNow,
    Status,
    StickAlone,
)
from sebridge.plugwise.fields import U8, U16, U32, Mac, read_record, write_record
from sebridge.plugwise.moments import MonthMinutes, RealTime, TimeOfDay

KEEP_LOG: Final = 0xFFFFFFFF
"""The log address of who sets a clock and leaves the log as it is."""
_CODE_DIGITS: Final = 4


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A command of the host.

    ANSWER is the class of what answers it behind the acknowledgement; None where nothing does.
    STATUSES are those of a Confirmation that say it is done.
    """

    CODE: ClassVar[int]
    ANSWER: ClassVar[type[Answer] | None] = Confirmation
    STATUSES: ClassVar[frozenset[int]] = frozenset()


class Associate(Request, frozen=True, kw_only=True, gc=False):
    """0007: take an endpoint into the network, or with `flag` 0 refuse it.

    Nothing answers it: 0023 tells whether it is there.
    """

    CODE = 0x0007
    ANSWER = None
    flag: U8 = 1
    mac: Mac


class FindCirclePlus(Request, frozen=True, kw_only=True, gc=False):
    """0008: with `flag` 1 endpoints may ask to be associated, with 0 they may not.

    The reference knows only that the answer names the Circle+; the rest is from public
    implementations.
    """

    CODE = 0x0008
    STATUSES = frozenset({Status.CIRCLE_PLUS_JOINING, Status.CIRCLE_PLUS})
    flag: U8


class Disassociate(Request, frozen=True, kw_only=True, gc=False):
    """0009: have an endpoint leave the network; 001C then takes it from the list."""

    CODE = 0x0009
    STATUSES = frozenset({Status.DISASSOCIATED})
    mac: Mac
    unknown: U16 = 0x0204


class Initialise(Request, frozen=True, kw_only=True, gc=False):
    """000A: begin anew, and tell of the network."""

    CODE = 0x000A
    ANSWER = StickAlone


class Ping(Request, frozen=True, kw_only=True, gc=False):
    """000D: is it there? From public implementations."""

    CODE = 0x000D
    ANSWER = PingAnswer
    mac: Mac


class GetPower(Request, frozen=True, kw_only=True, gc=False):
    """0012: what is consumed and produced now."""

    CODE = 0x0012
    ANSWER = PowerNow
    mac: Mac


class SetClock(Request, frozen=True, kw_only=True, gc=False):
    """0016: set a circle's clock; with a log address other than KEEP_LOG, its log begins there."""

    CODE = 0x0016
    STATUSES = frozenset({Status.CLOCK_SET})
    mac: Mac
    date: MonthMinutes
    log_address: U32 = KEEP_LOG
    time: TimeOfDay


class Switch(Request, frozen=True, kw_only=True, gc=False):
    """0017: switch the relay on (1) or off (0). From public implementations."""

    CODE = 0x0017
    STATUSES = frozenset({Status.SWITCHED_ON, Status.SWITCHED_OFF})
    mac: Mac
    relay: U8


class GetEndpoint(Request, frozen=True, kw_only=True, gc=False):
    """0018: which endpoint is at a place of the Circle+, 0 to 62."""

    CODE = 0x0018
    ANSWER = EndpointInfo
    mac: Mac
    index: U8


class RemoveEndpoint(Request, frozen=True, kw_only=True, gc=False):
    """001C: take an endpoint from the list of the stick and the Circle+, which is `mac`."""

    CODE = 0x001C
    ANSWER = EndpointRemoved
    mac: Mac
    endpoint: Mac


class GetInfo(Request, frozen=True, kw_only=True, gc=False):
    """0023: what a device is, and how it is."""

    CODE = 0x0023
    ANSWER = DeviceInfo
    mac: Mac


class GetCalibration(Request, frozen=True, kw_only=True, gc=False):
    """0026: the numbers by which pulses become energy."""

    CODE = 0x0026
    ANSWER = Calibration
    mac: Mac


class SetRealTime(Request, frozen=True, kw_only=True, gc=False):
    """0028: set the battery-backed clock of the Circle+."""

    CODE = 0x0028
    STATUSES = frozenset({Status.REAL_TIME_SET})
    mac: Mac
    moment: RealTime


class GetRealTime(Request, frozen=True, kw_only=True, gc=False):
    """0029: what the battery-backed clock of the Circle+ says."""

    CODE = 0x0029
    ANSWER = RealTimeNow
    mac: Mac


class GetClock(Request, frozen=True, kw_only=True, gc=False):
    """003E: what a circle's clock says."""

    CODE = 0x003E
    ANSWER = ClockNow
    mac: Mac


class Request40(Request, frozen=True, kw_only=True, gc=False):
    """0040: nobody knows."""

    CODE = 0x0040
    STATUSES = frozenset({Status.DONE_40})
    mac: Mac
    unknown: U16


class GetLog(Request, frozen=True, kw_only=True, gc=False):
    """0048: read the four hours at an address of the log."""

    CODE = 0x0048
    ANSWER = LogBuffer
    mac: Mac
    log_address: U32


class Request4A(Request, frozen=True, kw_only=True, gc=False):
    """004A: nobody knows."""

    CODE = 0x004A
    STATUSES = frozenset({Status.DONE_4A})
    mac: Mac
    unknown: U16


class SetIntervals(Request, frozen=True, kw_only=True, gc=False):
    """0057: log in intervals of so many minutes; production is not logged apart where it is 0.

    From public implementations.
    """

    CODE = 0x0057
    STATUSES = frozenset({Status.INTERVALS_SET})
    mac: Mac
    consumption: U16
    production: U16


class Request58(Request, frozen=True, kw_only=True, gc=False):
    """0058: nobody knows."""

    CODE = 0x0058
    STATUSES = frozenset({Status.DONE_58})
    mac: Mac
    unknown: U8


class GetFeatures(Request, frozen=True, kw_only=True, gc=False):
    """005F: nobody knows; public implementations take the answer for a set of features."""

    CODE = 0x005F
    ANSWER = Features
    mac: Mac


_BY_CODE: Final[Mapping[int, type[Request]]] = {
    kind.CODE: kind for kind in Request.__subclasses__()
}


def read_request(payload: str) -> Request:
    """Read the payload of a frame; DecodeError for an unknown code, or digits that do not fit it.

    The offset of the error counts digits behind the code.
    """
    code = int(payload[:_CODE_DIGITS], 16)
    if code not in _BY_CODE:
        raise DecodeError(f"there is no command {code:04X}")
    return read_record(_BY_CODE[code], payload[_CODE_DIGITS:])


def write_request(request: Request) -> str:
    """Return the payload of a frame; ValueError for a value that its field cannot hold."""
    return f"{request.CODE:04X}{write_record(request)}"


def endpoint_of(request: Request) -> Eui64 | None:
    """Return the device that a request is carried out by; None where it is the stick itself."""
    return getattr(request, "mac", None)
