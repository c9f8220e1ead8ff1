"""Whatever a caller sends, the answer is a result or says what is wrong; never a bug of ours."""

import asyncio
from typing import Any

from hypothesis import given, strategies as st

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import SebridgeError
from sebridge.rpc.json_codec import bare, dump
from tests.api.home import Home
from tests.examples import fewer_examples

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 9, 94, 255, 256, 0x0109, 0x0702, 65535, 65536, 2**32 - 1, 2**32]),
)
SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["0x5E", "94", "00:13:a2:00:40:5c:01:f7", "00:00:00:00:00:00:FF:FF", "ab"]),
)
FIELDS = st.sampled_from(
    [
        "issuer_event_id",
        "price",
        "duration_in_minutes",
        "start_time",
        "currency",
        "rate_label",
        "message_id",
        "message",
        "message_control",
        "device_class",
        "criticality_level",
        "duty_cycle",
        "effective_time",
        "event_control",
        "type",
        "cancel_control",
        "price_trailing_digit_and_price_tier",
        "extended_price_tier",
        "attribute_id",
    ]
)
RECORDS = st.dictionaries(FIELDS, SIMPLE, max_size=8)
A_PRICE = {"issuer_event_id": 1, "price": 1, "duration_in_minutes": 1}
AN_EVENT = {"issuer_event_id": 1, "duration_in_minutes": 1}
A_MESSAGE = {"message_id": 1, "duration_in_minutes": 1, "message": ""}
NEARLY_RIGHT = st.builds(
    lambda right, changed: right | changed,
    st.sampled_from([A_PRICE, AN_EVENT, A_MESSAGE]),
    RECORDS,
)
VALUES = st.one_of(SIMPLE, RECORDS, NEARLY_RIGHT, st.lists(st.one_of(SIMPLE, RECORDS), max_size=3))


async def _answers(requests: list[tuple[int, list[Any], bool]]) -> list[tuple[str, Any, Any]]:
    """Send requests whose parameters are taken from the values in turn; return the answers."""
    home = Home(VirtualClock(), ())
    await home.start()
    methods = list(home.gateway.dispatcher.methods.values())
    found = []
    for number, values, all_of_them in requests:
        method = methods[number % len(methods)]
        names = [p.name for p in method.parameters if all_of_them or p.required]
        params = dict(zip(names, values, strict=False))
        response = await home.answer(method.name, params)
        dump(bare(response))
        found.append((method.name, params, response))
    await home.stop()
    return found


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.lists(VALUES, min_size=3, max_size=7), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
@fewer_examples(2)  # each is a home of its own
def test_no_request_meets_a_bug(requests: list[tuple[int, list[Any], bool]]) -> None:
    for name, params, response in asyncio.run(_answers(requests)):
        if response.error is not None:
            assert response.error.reason is not SebridgeError.reason, (name, params)
            assert response.error.message
