"""What a session of key establishment consists of."""

from dataclasses import replace
import random

import pytest

from sebridge.base.errors import ParameterError
from sebridge.crypto.key_agreement import derived_keys, ephemeral_key
from sebridge.crypto.suite import SUITE_1
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.session import (
    JOINING_LIMIT,
    CodesMade,
    EphemeralMade,
    Setup,
    State,
    initiator,
    responder,
    terminate,
)
from tests.crypto.key_vectors import GATEWAY, METER, credentials, store

SETUP = Setup(own=store(GATEWAY), partner=METER, randomness=random.Random(1))


def test_a_session_begins_on_its_side() -> None:
    assert initiator(SETUP).state is State.NEW
    assert responder(SETUP).state is State.INITIATE_REQUEST
    assert initiator(SETUP).deadline is responder(SETUP).deadline is None


def test_only_the_last_two_states_are_over() -> None:
    assert [state for state in State if state.over] == [State.ESTABLISHED, State.FAILED]


def test_a_suite_without_own_certificate_cannot_be_forced() -> None:
    with pytest.raises(ParameterError, match="no certificate of the forced suite"):
        replace(SETUP, own=store(GATEWAY, SUITE_1), forced_suite=2)


def test_a_forced_suite_is_the_only_one() -> None:
    forced = Setup(own=store(GATEWAY), partner=METER, randomness=random.Random(1), forced_suite=1)

    assert SETUP.suites == 3
    assert forced.suites == 1


@pytest.mark.parametrize("state", [State.ESTABLISHED, State.FAILED])
def test_a_session_that_is_over_has_no_secrets(state: State) -> None:
    once = ephemeral_key(SUITE_1, random.Random(1))
    codes = CodesMade(b"u", b"v", derived_keys(once.private).link_key)
    made = EphemeralMade(once.public, once.private)
    session = initiator(SETUP).replace(ephemeral=made, codes=codes, deadline=5.0)

    ended = session.ended(state)

    assert ended.state is state
    assert (ended.ephemeral, ended.codes, ended.deadline) == (None, None, None)


def test_a_session_prints_no_secret() -> None:
    own = credentials(SUITE_1, GATEWAY)
    once = ephemeral_key(SUITE_1, random.Random(1))
    made = EphemeralMade(once.public, once.private)
    link_key = derived_keys(once.private).link_key
    codes = CodesMade(b"u", b"v", link_key)
    session = initiator(SETUP).replace(ephemeral=made, codes=codes, credentials=own)

    text = repr(session)

    assert "Random" not in text
    for secret in (own.private_key, once.private, link_key):
        assert secret.reveal().hex() not in text
        assert repr(secret.reveal()) not in text


def test_a_refusal_names_the_own_suites_and_when_to_come_again() -> None:
    refusal = terminate(TerminateStatus.NO_RESOURCES, 3)

    assert refusal.serialize() == bytes.fromhex("04 1e 0300")


def test_a_device_has_20_minutes_by_net_4() -> None:
    assert JOINING_LIMIT == 20 * 60
