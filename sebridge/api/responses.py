"""Fetch the responses and notifications that nobody waited for."""

from sebridge.model.data_types import Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.rpc.response_buffer import Fetched, ResponseBuffer


class ResponseMethods:
    """Requests about the buffer of responses."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, buffer: ResponseBuffer) -> None:
        self._buffer = buffer

    @method  # not for the scope read: what one caller takes, no other finds
    async def get_responses(self, limit: Uint16 | Absent = ABSENT) -> Fetched:
        """Take the oldest stored responses and notifications, at most `limit`, out of the buffer.

        They are kept for callers that speak XML, each as a document: from the first RCI document
        on, or always where the HTTP server or pushing is configured.
        """
        return self._buffer.fetch(None if limit is ABSENT else limit)
