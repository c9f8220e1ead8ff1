"""The event loop of a program that runs for long."""

import asyncio


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of uvloop's, which takes less at each turn; asyncio's own without it."""
    try:
        # it is of no use to a program that ends at once
        import uvloop  # noqa: PLC0415
    except ImportError:  # there is none for this Python
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
