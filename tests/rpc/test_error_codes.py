"""What an RPC caller hears of each reason."""

import importlib
from pathlib import Path
import pkgutil

import sebridge
from sebridge.base.errors import InvalidRequestError, Reason, RequestError, SebridgeError
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


def test_every_refusal_of_a_request_has_a_code_of_its_own_that_is_no_wrong_request() -> None:
    refusals = {kind for kind in _all_kinds(RequestError) if kind is not InvalidRequestError}

    codes = {kind: CODES[kind.reason] for kind in refusals}

    assert len(codes) > 10
    assert [kind.__name__ for kind, code in codes.items() if code in {-32600, -32603, -32700}] == []


def test_only_who_reads_requests_says_that_one_is_none() -> None:
    package = Path(sebridge.__file__).parent

    saying = {
        file.relative_to(package).parts[0]
        for file in package.rglob("*.py")
        if "InvalidRequestError(" in file.read_text(encoding="utf-8")
    }

    assert saying == {"base", "rpc"}


def _all_kinds(kind: type[SebridgeError]) -> set[type[SebridgeError]]:
    """Return a class of errors with all that are made from it, in whatever module."""
    for module in pkgutil.walk_packages(sebridge.__path__, "sebridge."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {kind}.union(*(_all_kinds(narrower) for narrower in kind.__subclasses__()))
