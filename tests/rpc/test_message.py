"""What travels between a caller and the bridge."""

import pytest

from sebridge.base.errors import DeliveryError, ParameterError, Reason, RefusedError
from sebridge.model.values import ABSENT
from sebridge.rpc.message import Notification, Request, Response, RpcError


def test_a_request_needs_only_its_method() -> None:
    request = Request("get_version")

    assert request.params == {}
    assert request.request_identifier is ABSENT


def test_an_error_tells_its_code_its_text_and_what_a_caller_can_act_upon() -> None:
    error = RpcError.of(ParameterError("record.price", "is missing"))

    assert error == RpcError(
        Reason.INVALID_PARAMETER, "record.price: is missing", {"parameter": "record.price"}
    )


def test_an_error_without_a_text_tells_its_meaning() -> None:
    error = RpcError.of(RefusedError())

    assert error == RpcError(Reason.REFUSED, "refused by policy", {})


def test_an_error_tells_the_zigbee_status() -> None:
    assert RpcError.of(DeliveryError("lost", 0xA7)).data == {"status": 0xA7}


def test_an_answer_is_a_result_or_an_error() -> None:
    assert Response("m", {"a": 1}).error is None
    assert Response("m", error=RpcError(Reason.INTERNAL, "no")).result is None


def test_messages_cannot_be_changed() -> None:
    message = Notification("received_price_event", {"price": 1}, 1e9)

    with pytest.raises(AttributeError):
        message.name = "x"  # type: ignore[misc]  # that is what is tried
