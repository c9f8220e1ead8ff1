"""The option that names a broker on the command line."""

import pytest

from tests.cli.runner import run


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://me:hunter2@broker", "begins with none of mqtt://, mqtts://, ws:// and wss://"),
        ("mqtt://me:hunter2", "no port from 1 to 65535"),
        ("embedded", "an embedded broker is at mqtt://127.0.0.1"),
    ],
)
def test_what_is_no_broker_is_wrong_use(address: str, problem: str) -> None:
    shown = run("call", "get_time", "--broker", address)

    assert shown.exit_code == 2
    assert problem in shown.output
    assert "hunter2" not in shown.output
