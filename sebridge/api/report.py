"""Requests for a support report: all that helps to find out what is wrong, without any key."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.model.values import Base64
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

MOST_MINUTES: Final = 60


class MakeReportResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A zip file; `content` has its octets."""

    file_name: str
    content: Base64


MakeReport = Callable[[float, bool], Awaitable[bytes]]
"""Makes the file: of so many seconds, and for who may see everything or not."""


class ReportMethods:
    """Tell people who help what they need to know."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, make: MakeReport, file_name: Callable[[], str]) -> None:
        self._make = make
        self._file_name = file_name

    @method  # not for the scope read: the log is in it
    async def make_report(self, caller: Caller, minutes: int = 15) -> MakeReportResponse:
        """Return a zip file for who helps: health, versions, registry, counters, log.

        Keys, codes, passwords and tokens are not in it; addresses and names of devices are. For
        callers of the scope admin the configuration is in it, and the frames of the last `minutes`
        (1..60), as far as they were recorded. It has 2 MiB at most.
        """
        if not 1 <= minutes <= MOST_MINUTES:
            raise ParameterError("minutes", f"{minutes} is not in 1..{MOST_MINUTES}")
        octets = await self._make(minutes * 60.0, caller.scope is Scope.ADMIN)
        return MakeReportResponse(file_name=self._file_name(), content=Base64(octets))
