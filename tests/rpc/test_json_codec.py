"""JSON <-> messages: what comes from outside may be anything."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, Reason, RequestError
from sebridge.model.values import ABSENT
from sebridge.rpc.json_codec import (
    MAX_BATCH,
    MAX_DEPTH,
    MAX_SIZE,
    bare,
    dump,
    dump_notification,
    json_rpc,
    parse,
    read_document,
    read_params,
)
from sebridge.rpc.message import Notification, Request, Response, RpcError

CALL = {"jsonrpc": "2.0", "method": "get_time", "params": {"a": 1}, "id": 5}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


# ------------------------------------------------------------------ limits


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"   ",
        b"{",
        b"\x00\x01\x02",
        b"\xff\xfe\xfd",
        b'{"a": }',
        b'{"a": 1} trailing',
        b"{'a': 1}",
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e400",
        b"-1.5e999",
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b'[["\xed\xa0\x80"]]',
        b"9" * 5000,
        b'"unterminated',
    ],
)
def test_junk_is_no_json(junk: bytes) -> None:
    with pytest.raises(DecodeError):
        parse(junk)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"[NaN]", "invalid character"),
        (b"[1e400]", "Number out of range"),
        (b'["\\ud800"]', "not JSON"),
        (b"\xff\xff", "invalid character"),
        (b'"\xff"', "UnicodeDecodeError"),
    ],
)
def test_what_could_not_be_echoed_is_refused(text: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        parse(text)


def test_an_error_says_where_the_text_goes_wrong() -> None:
    with pytest.raises(DecodeError, match="not JSON") as caught:
        parse(b'{"a": 1, }')

    assert caught.value.offset == 9


def test_two_megabytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(DecodeError, match="2097152 octets are more than the 262144 allowed"):
        parse(b"[" * 2_097_152)


def test_the_largest_document_is_read() -> None:
    text = encoded("x" * (MAX_SIZE - 2))

    assert len(parse(text)) == MAX_SIZE - 2
    with pytest.raises(DecodeError):
        parse(text + b" ")


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_refused(depth: int, opening: bytes, closing: bytes) -> None:
    depth = min(depth, (MAX_SIZE - 1) // len(opening + closing))

    with pytest.raises(DecodeError):
        parse(opening * depth + b"1" + closing * depth)


def test_nesting_within_the_limit_is_read() -> None:
    depth = MAX_DEPTH - 1

    assert parse(b"[" * depth + b"1" + b"]" * depth)


@given(text=st.binary(max_size=300))
def test_any_octets_are_read_or_refused(text: bytes) -> None:
    document = read_document(text)

    assert document.entries
    for entry in document.entries:
        assert (entry.request is None) != (entry.error is None)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["jsonrpc", "method", "params", "id", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(value=JSON)
def test_any_json_is_read_as_requests_or_as_what_is_wrong(value: Any) -> None:
    document = read_document(encoded(value))

    for entry in document.entries:
        assert (entry.request is None) != (entry.error is None)
        answer = Response("m", error=RpcError(Reason.UNKNOWN_METHOD, "no such method"))
        assert parse(dump(json_rpc(answer, entry.id)))


# ------------------------------------------------------------------ JSON-RPC 2.0


def test_a_call_is_read() -> None:
    document = read_document(encoded(CALL))

    assert not document.batch
    assert document.entries[0].request == Request("get_time", {"a": 1})
    assert document.entries[0].id == 5


def test_a_call_without_params_has_none() -> None:
    document = read_document(encoded({"jsonrpc": "2.0", "method": "m", "id": "x"}))

    assert document.entries[0].request == Request("m", {})
    assert document.entries[0].id == "x"


def test_a_call_without_an_id_is_to_get_no_answer() -> None:
    document = read_document(encoded({"jsonrpc": "2.0", "method": "m"}))

    assert document.entries[0].request is not None
    assert document.entries[0].id is ABSENT
    assert not document.entries[0].expects_answer


def test_what_is_no_request_is_answered_also_without_an_id() -> None:
    call, wrong = read_document(encoded([CALL, {"jsonrpc": "2.0"}])).entries

    assert call.expects_answer
    assert wrong.expects_answer


@pytest.mark.parametrize("identifier", [None, 0, 1.5, "", "a"])
def test_an_id_is_a_string_a_number_or_null(identifier: Any) -> None:
    document = read_document(encoded(CALL | {"id": identifier}))

    assert document.entries[0].request is not None
    assert document.entries[0].id == identifier


@pytest.mark.parametrize(
    ("entry", "problem", "identifier"),
    [
        (CALL | {"id": {}}, "id is a string", None),
        (CALL | {"id": [1]}, "id is a string", None),
        (CALL | {"id": True}, "id is a string", None),
        (CALL | {"jsonrpc": "1.0"}, "jsonrpc must be", 5),
        (CALL | {"jsonrpc": 2.0}, "jsonrpc must be", 5),
        ({"method": "m"}, "jsonrpc must be", None),
        (CALL | {"method": 5}, "method must be a string", 5),
        ({"jsonrpc": "2.0", "id": 7}, "method must be a string", 7),
        (CALL | {"params": [1, 2]}, "params must be an object", 5),
        (CALL | {"params": None}, "params must be an object", 5),
        ({"jsonrpc": "2.0", "method": "m", "params": 3}, "params must be an object", None),
        ("text", "a request is a JSON object", None),
        (5, "a request is a JSON object", None),
        (None, "a request is a JSON object", None),
    ],
)
def test_what_is_no_request_is_answered_with_what_is_wrong(
    entry: Any, problem: str, identifier: Any
) -> None:
    (found,) = read_document(encoded(entry)).entries

    assert found.request is None
    assert found.error is not None
    assert found.error.reason is Reason.INVALID_REQUEST
    assert problem in found.error.message
    assert found.id == identifier


def test_what_is_no_json_is_a_parse_error_with_id_null() -> None:
    (found,) = read_document(b"{").entries

    assert found.error is not None
    assert found.error.code == -32700
    assert found.id is None


def test_a_batch_holds_good_and_bad_entries() -> None:
    document = read_document(encoded([CALL, 5, {"jsonrpc": "2.0", "method": "m"}]))

    assert document.batch
    good, bad, silent = document.entries
    assert good.request == Request("get_time", {"a": 1})
    assert bad.error is not None
    assert bad.id is None
    assert silent.id is ABSENT


@pytest.mark.parametrize("size", [0, MAX_BATCH + 1])
def test_an_empty_or_too_long_batch_is_one_error(size: int) -> None:
    document = read_document(encoded([CALL] * size))

    assert not document.batch
    (found,) = document.entries
    assert found.error is not None
    assert found.error.message == f"a batch holds 1 to {MAX_BATCH} requests"


def test_the_longest_batch_is_read() -> None:
    assert len(read_document(encoded([CALL] * MAX_BATCH)).entries) == MAX_BATCH


# ------------------------------------------------------------------ the bare form


@pytest.mark.parametrize("text", [b"", b"  \n", b"{}"])
def test_nothing_means_no_params(text: bytes) -> None:
    assert read_params("get_time", text) == Request("get_time", {})


def test_the_bare_form_is_the_params_object() -> None:
    assert read_params("m", b'{"a": [1]}') == Request("m", {"a": [1]})


@pytest.mark.parametrize("text", [b"[]", b"5", b"null", b'"x"'])
def test_bare_params_must_be_an_object(text: bytes) -> None:
    with pytest.raises(RequestError, match="must be an object of named parameters"):
        read_params("m", text)


def test_bare_junk_is_no_json() -> None:
    with pytest.raises(DecodeError):
        read_params("m", b"{")


# ------------------------------------------------------------------ answers

GOOD = Response("m", {"a": 1})
BAD = Response("m", error=RpcError(Reason.UNKNOWN_DEVICE, "unknown device", {"device": "x"}))


def test_a_result_in_json_rpc() -> None:
    assert json_rpc(GOOD, 5) == {"jsonrpc": "2.0", "result": {"a": 1}, "id": 5}


def test_an_error_in_json_rpc() -> None:
    assert json_rpc(BAD, "x") == {
        "jsonrpc": "2.0",
        "error": {"code": -32001, "message": "unknown device", "data": {"device": "x"}},
        "id": "x",
    }


def test_an_error_without_data_has_none() -> None:
    answer = json_rpc(Response("m", error=RpcError(Reason.UNKNOWN_METHOD, "no such method")), 1)

    assert answer["error"] == {"code": -32601, "message": "no such method"}


def test_an_answer_to_what_has_no_id_has_id_null() -> None:
    assert json_rpc(BAD, ABSENT)["id"] is None


def test_an_empty_result_is_an_object() -> None:
    assert json_rpc(Response("m"), 1)["result"] == {}


def test_the_request_identifier_is_part_of_the_result() -> None:
    answer = json_rpc(Response("m", {"a": 1}, request_identifier=None), 1)

    assert answer["result"] == {"a": 1, "request_identifier": None}


def test_answers_in_the_bare_form() -> None:
    named = Response("m", {"a": 1}, request_identifier="r")

    assert bare(GOOD) == {"status": "ok", "result": {"a": 1}}
    assert bare(named) == {"status": "ok", "result": {"a": 1}, "request_identifier": "r"}
    assert bare(BAD)["status"] == "error"
    assert bare(BAD)["error"]["code"] == -32001


def test_a_notification_may_carry_its_time() -> None:
    message = Notification("received_price_event", {"price": 5}, 1_300_000_000.12345)

    assert dump_notification(message, timestamp=False) == b'{"price":5}'
    with_time = b'{"price":5,"timestamp":1300000000.123}'
    assert dump_notification(message, timestamp=True) == with_time
    assert message.parameters == {"price": 5}
    empty = Notification("news", {}, 1.5)
    assert dump_notification(empty, timestamp=True) == b'{"timestamp":1.500}'


def test_json_is_compact_and_utf_8() -> None:
    assert dump({"a": [1, "≥"]}) == '{"a":[1,"≥"]}'.encode()


@given(value=JSON)
def test_what_is_dumped_reads_back(value: Any) -> None:
    assert parse(dump([value])) == [value]
