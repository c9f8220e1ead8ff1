"""How much of the gateway callers may take at the same time."""

import pickle

import pytest

from sebridge.base.errors import LimitError
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.quota import Lease, Quota, QuotaLimits

ONE = Caller("http", Scope.READ, name="one")
OTHER = Caller("http", Scope.READ, name="other")
BY_MQTT = Caller("mqtt", Scope.ADMIN)


@pytest.fixture
def quota() -> Quota:
    return Quota(QuotaLimits(calls=100, reply=1_000, replies=4_000, document_seconds=30.0))


def lease(quota: Quota, caller: Caller = ONE, calls: int = 1, *, of_several: bool = False) -> Lease:
    return quota.lease(caller, calls, 0.0, of_several=of_several)


def test_one_caller_may_have_a_quarter_of_the_calls(quota: Quota) -> None:
    lease(quota, ONE, 25)

    with pytest.raises(LimitError, match="busy: 25 calls of one caller may be under way"):
        lease(quota)
    lease(quota, OTHER, 25)


def test_one_interface_may_have_three_quarters_of_the_calls(quota: Quota) -> None:
    for name in "abc":
        lease(quota, Caller("http", Scope.READ, name=name), 25)

    with pytest.raises(LimitError, match="busy: 75 calls of one interface may be under way"):
        lease(quota, OTHER)
    lease(quota, BY_MQTT, 25)


def test_callers_that_prove_nothing_are_told_apart_by_their_channel(quota: Quota) -> None:
    lease(quota, Caller("mqtt", Scope.ADMIN, channel="flows/a"), 25)

    lease(quota, Caller("mqtt", Scope.ADMIN, channel="flows/b"), 25)

    assert quota.calls == 50


def test_documents_with_several_calls_leave_room_for_single_ones(quota: Quota) -> None:
    lease(quota, ONE, 20, of_several=True)

    with pytest.raises(LimitError, match="busy: of one caller, 20 calls in documents with several"):
        lease(quota, ONE, 2, of_several=True)
    lease(quota, ONE, 5)


def test_a_document_with_more_calls_than_there_may_be_has_to_be_alone(quota: Quota) -> None:
    first = lease(quota, ONE, 10_000, of_several=True)
    with pytest.raises(LimitError):
        lease(quota, ONE, 10_000, of_several=True)

    first.release()

    assert lease(quota, ONE, 10_000, of_several=True).calls == 20


def test_what_is_refused_is_not_counted(quota: Quota) -> None:
    with pytest.raises(LimitError):
        lease(quota, ONE, 26)

    assert (quota.calls, quota.octets) == (0, 0)


def test_calls_are_given_back_one_by_one_and_octets_when_the_reply_is_gone(quota: Quota) -> None:
    taken = lease(quota, ONE, 20)
    taken.add_octets(500)

    taken.keep_calls(3)
    assert (quota.calls, quota.octets) == (3, 500)
    taken.keep_calls(5)
    assert quota.calls == 3
    taken.release()
    taken.release()

    assert (quota.calls, quota.octets) == (0, 0)


def test_calls_that_go_on_after_the_answer_are_counted_on(quota: Quota) -> None:
    taken = lease(quota, ONE, 20)
    taken.add_octets(500)

    taken.release(calls_left=4)

    assert (quota.calls, quota.octets) == (4, 0)


def test_one_reply_has_a_limit(quota: Quota) -> None:
    with lease(quota) as taken:
        taken.add_octets(1_000)
        with pytest.raises(LimitError, match="the reply would have more than 1000 octets"):
            taken.add_octets(1)

    assert quota.octets == 0


def test_all_replies_of_one_caller_have_a_limit(quota: Quota) -> None:
    lease(quota).add_octets(600)

    with pytest.raises(LimitError, match="busy: 1000 octets of replies of one caller"):
        lease(quota).add_octets(600)
    lease(quota, OTHER).add_octets(600)


def test_a_document_has_its_time(quota: Quota) -> None:
    taken = lease(quota)

    taken.check_time(30.0)

    with pytest.raises(LimitError, match="the document takes longer than 30 s"):
        taken.check_time(30.1)


def test_nothing_is_left_of_callers_that_are_gone(quota: Quota) -> None:
    kept = []

    for number in range(50):
        with lease(quota, Caller("mqtt", Scope.ADMIN, channel=f"flows/{number}")) as single:
            single.add_octets(10)
        with lease(quota, ONE, 3, of_several=True) as several:
            several.add_octets(0)
        with lease(quota, Caller("mqtt", Scope.ADMIN, channel=f"nothing/{number}"), 0):
            pass
        kept.append(pickle.dumps(quota))

    assert kept[-1] == kept[0]
