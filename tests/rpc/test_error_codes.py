"""What an RPC caller hears of each reason."""

from sebridge.base.errors import Reason
from sebridge.rpc.error_codes import CODES

_PROTOCOL = {Reason.MALFORMED, Reason.MALFORMED_XML, Reason.INVALID_REQUEST, Reason.UNKNOWN_METHOD}


def test_every_reason_has_a_code_of_json_rpc_or_of_the_bridge() -> None:
    assert CODES.keys() == set(Reason)
    assert all(-32768 <= code <= -32000 for code in CODES.values())


def test_only_what_is_wrong_with_the_text_itself_has_the_codes_of_the_protocol() -> None:
    of_the_protocol = {reason for reason, code in CODES.items() if code in {-32700, -32600, -32601}}

    assert of_the_protocol == _PROTOCOL


def test_a_code_of_the_bridge_means_one_thing_but_for_frames_that_did_not_arrive() -> None:
    own = [code for code in CODES.values() if -32099 <= code <= -32000]

    assert {code for code in own if own.count(code) > 1} == {-32002}
