"""What a head-end of the old gateways sends is taken: every request, parameter and field."""

from typing import Final

import pytest

from sebridge.model.values import typed
from sebridge.rpc.rci import Call, Fetch, read_document
from tests.completeness.declared import METHODS
from tests.completeness.reference import REQUESTS
from tests.completeness.samples import ALIAS, fetching, samples

FETCH: Final = "get_responses"  # a command of its own, no request
SENT: Final = sorted((METHODS.keys() & REQUESTS.keys()) - {FETCH})


def _call(document: str) -> Call:
    (command,) = read_document(document.encode()).commands
    (call,) = command.calls(lambda element: [element])
    assert isinstance(call, Call), call
    return call


@pytest.mark.parametrize("name", SENT)
def test_every_parameter_of_a_request_is_taken_with_each_of_its_types(name: str) -> None:
    method = METHODS[name]
    kinds = {parameter.name: parameter.kind for parameter in method.parameters}
    if method.others is not None:
        kinds[ALIAS] = method.others.kind

    for document in samples(name):
        call = _call(document)

        assert (call.method, call.request_identifier, call.synchronous) == (name, 42, True)
        for parameter, value in call.params.items():
            typed(kinds[parameter], value, parameter)  # raises for what is not taken


def test_stored_responses_are_fetched_with_a_limit() -> None:
    (command,) = read_document(fetching().encode()).commands

    assert command.fetches() == [Fetch(5)]
