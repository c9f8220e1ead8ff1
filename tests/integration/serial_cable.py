"""A serial cable: a pseudo-terminal on one side, and a module's TCP port on the other."""

from collections.abc import Iterator
import contextlib
import os
import pty
import select
import socket
import threading
import tty

_PIECE = 4_096


@contextlib.contextmanager
def serial_cable(port: int) -> Iterator[str]:
    """Connect a module to a serial port; give the path of that."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    stop_reading, stop = os.pipe()
    with socket.create_connection(("127.0.0.1", port)) as module:
        cable = threading.Thread(target=_carry, args=(master, module, stop_reading))
        cable.start()
        try:
            yield os.ttyname(slave)
        finally:
            os.close(stop)
            cable.join()
            for end in (master, slave, stop_reading):
                os.close(end)


def _carry(master: int, module: socket.socket, stop: int) -> None:
    """Carry octets both ways until the other end of `stop` is closed."""
    ends = [master, module.fileno(), stop]
    while stop not in (ready := select.select(ends, [], [])[0]):
        if master in ready:
            module.sendall(os.read(master, _PIECE))
        if module.fileno() in ready:
            os.write(master, module.recv(_PIECE))
