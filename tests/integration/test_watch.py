"""`sebridge watch` where its output is no terminal, on a real broker."""

from collections.abc import Callable
import subprocess
import sys

from tests.integration.brokers import Listener, Mosquitto
from tests.patience import PATIENCE
from tests.ports import unused_port


def watch(port: int, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*(sys.executable, "-m", "sebridge", "watch"), *arguments, "--broker", f"[::1]:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_in_a_pipe_each_message_is_a_line_at_once_and_the_end_of_the_pipe_is_the_end(
    mosquitto_with: Callable[..., Mosquitto], listening: Callable[..., Listener]
) -> None:
    port = unused_port()
    mosquitto = mosquitto_with("allow_anonymous true", f"listener {port} ::1")
    client = listening(mosquitto.port, "nothing")
    client.say("sebridge/home/a", b'{"amount":"1 \xe2\x82\xac"}', retain=True)
    client.say("sebridge/home/b", b"1\n2", retain=True)
    with watch(port, "+") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None

        lines = {watching.stdout.readline(), watching.stdout.readline()}
        watching.stdout.close()

        assert lines == {'sebridge/home/a {"amount":"1 €"}\n', "sebridge/home/b 1 2\n"}
        assert watching.wait(PATIENCE) == 0
        assert watching.stderr.read() == ""


def test_who_reads_no_more_ends_it_also_while_much_is_said(
    mosquitto: Mosquitto, listening: Callable[..., Listener]
) -> None:
    client = listening(mosquitto.port, "nothing")
    for number in range(300):
        client.say(f"sebridge/home/{number}", b"x" * 10_000, retain=True)
    broker = f"mqtt://127.0.0.1:{mosquitto.port}"

    shown = subprocess.run(
        f"{sys.executable} -m sebridge watch --broker {broker} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )

    assert shown.stdout.count("\n") == 1
    assert shown.stderr == ""
