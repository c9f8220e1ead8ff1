"""Run a module, and say how many functions its main thread calls between two signals.

Run as `python -m benchmarks.counted MODULE ARGUMENTS`: counting begins at SIGUSR1, and at SIGUSR2
the count is printed. Counted is what cProfile counts: Python's own functions are among them.
"""

import cProfile
import runpy
import signal
import sys


def main() -> None:
    """Run the module until it ends."""
    profile = cProfile.Profile()

    def begin(*_: object) -> None:
        profile.enable()

    def end(*_: object) -> None:
        profile.disable()
        print("counted", sum(entry.callcount for entry in profile.getstats()), flush=True)
        profile.clear()

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
