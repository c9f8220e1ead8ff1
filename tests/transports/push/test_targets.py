"""What can become of a file."""

from sebridge.base.errors import SebridgeError
from sebridge.transports.push.targets import FileRefusedError, PushError


def test_a_refused_file_is_a_failure_to_push() -> None:
    assert issubclass(FileRefusedError, PushError)
    assert issubclass(PushError, SebridgeError)
