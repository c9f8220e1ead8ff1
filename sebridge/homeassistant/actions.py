"""Actions of Home Assistant: the requests that components of ours send, and those that failed.

Home Assistant shows nothing of an answer, so that a request that was refused would pass unseen. It
marks its requests, and what went wrong is told as `message` with the same mark.
"""

from typing import Final

from sebridge.api.notifications import ERROR, MessageNotice
from sebridge.homeassistant.entity import ACTION_IDENTIFIER
from sebridge.rpc.message import Response
from sebridge.zcl.status import Status

_SUCCESS: Final = 0
_STATUSES: Final = frozenset(Status)


def failure_of(response: Response) -> MessageNotice | None:
    """Return what is told of the answer to a request; None where it succeeded, or is another's."""
    if response.request_identifier != ACTION_IDENTIFIER:
        return None
    problem = _problem_of(response)
    if problem is None:
        return None
    return MessageNotice(
        severity=ERROR,
        description=f"{response.method}, sent by Home Assistant, failed: {problem}",
        request_identifier=ACTION_IDENTIFIER,
    )


def _problem_of(response: Response) -> str | None:
    if response.error is not None:
        return response.error.message
    status = getattr(response.result, "status", _SUCCESS)
    if status == _SUCCESS:
        return None
    return getattr(response.result, "reason", None) or _status_words(status)


def _status_words(status: int) -> str:
    named = status in _STATUSES
    return f"status 0x{status:02X}" + (f" ({Status(status).name})" if named else "")
