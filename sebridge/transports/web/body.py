"""The body of a request, within the time and size that it may have."""

from typing import Final

from aiohttp import HttpVersion11, StreamReader, hdrs, web
from aiohttp.web_exceptions import (
    HTTPBadRequest,
    HTTPExpectationFailed,
    HTTPRequestEntityTooLarge,
    HTTPRequestTimeout,
    HTTPUnsupportedMediaType,
)

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError

_GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


async def read_body(request: web.BaseRequest, *, most: int, seconds: float, clock: Clock) -> bytes:
    """Return what was posted: at most so many octets, which arrive within so many seconds.

    Raises what aiohttp answers with where it is more, later, compressed or broken.
    """
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity") != "identity":
        raise HTTPUnsupportedMediaType(reason="compressed requests are not taken")
    if (request.content_length or 0) > most:
        raise _too_large(most)
    if request.headers.get(hdrs.EXPECT):
        _encourage(request)
    try:
        if request.content.is_eof() and request.content_length:  # then all of it is here
            return request.content.read_nowait()
        return await clock.within(seconds, _all_of(request.content, most))
    except AnswerTimeoutError:
        raise HTTPRequestTimeout(reason="the request did not arrive in time") from None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise HTTPBadRequest(reason="the request is broken") from error


async def _all_of(content: StreamReader, most: int) -> bytes:
    """Return the body; one that is sent in chunks does not say before how much it is."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> HTTPRequestEntityTooLarge:
    return HTTPRequestEntityTooLarge(most, reason=f"a request has at most {most} octets")


def _encourage(request: web.BaseRequest) -> None:
    """Tell a client that waits before it sends the body to go on."""
    if request.version < HttpVersion11:
        return
    if request.headers[hdrs.EXPECT].lower() != "100-continue":
        raise HTTPExpectationFailed(reason="nothing but 100-continue can be expected")
    if request.transport is not None:  # else the client is gone, and reading will tell
        request.transport.write(_GO_ON)
