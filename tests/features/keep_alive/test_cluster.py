"""Whether the trust centre is still there."""

from random import Random

from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer, Lifeline


def test_the_trust_centre_tells_how_often_it_wants_to_be_asked() -> None:
    attributes = KeepAliveServer().attributes

    assert attributes.types() == [(0, 0x20), (1, 0x21)]
    assert [attributes.read(a).value for a in (0, 1)] == [10, 300]
    assert (KeepAliveServer.server, KeepAliveServer().cluster_id) == (True, 0x0025)
    assert (KeepAliveClient.server, KeepAliveClient().cluster_id) == (False, 0x0025)


def test_looks_are_as_far_apart_as_the_trust_centre_wants() -> None:
    line, random = Lifeline(), Random(1)

    before = [line.pause(random) for _ in range(100)]
    line.answered(20, 10)
    after = [line.pause(random) for _ in range(100)]

    assert 600 <= min(before) < max(before) <= 900
    assert 1200 <= min(after) < max(after) <= 1210


def test_one_that_lacks_the_cluster_changes_nothing() -> None:
    line = Lifeline(base=7, jitter=0)

    line.answered()

    assert line.pause(Random(1)) == 420


def test_no_server_can_have_us_ask_more_than_once_a_minute() -> None:
    assert Lifeline(base=0, jitter=0).pause(Random(1)) == 60


def test_three_failures_in_a_row_are_a_reason_to_search() -> None:
    line = Lifeline()

    assert [line.failed(), line.failed()] == [False, False]
    line.answered()
    assert [line.failed() for _ in range(6)] == [False, False, True, False, False, True]
