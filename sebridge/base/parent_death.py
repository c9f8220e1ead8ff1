"""Run a program that must not outlive the bridge, however the bridge dies.

A program of its own, so that nothing of ours runs between fork and exec:
``python parent_death.py PARENT PROGRAM ARGUMENT…``. Linux ends the program with SIGTERM when the
parent is gone; elsewhere it is just run.
"""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Become the program, which ends with the process `arguments[0]`."""
    parent, *command = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):
        raise SystemExit("the parent is gone already")
    os.execv(command[0], command)  # noqa: S606  # a path that our parent has looked up, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
