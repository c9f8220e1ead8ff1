"""Run commands of zigpy-cli one after the other: each is a list of words in the JSON list given.

They share one process because its start takes longer than most of them. A command that fails is
told by a line `failed: ` with the kind of its error.
"""

import json
import sys

import bellows.ezsp
from zigpy_cli.radio import cli  # from where these commands are, and no others

# The driver is not to wait for what a module says when it is given power: this one has it.
bellows.ezsp.NETWORK_COORDINATOR_STARTUP_RESET_WAIT = 0

for words in json.loads(sys.argv[1]):
    try:
        cli(words, standalone_mode=False)
    except Exception as error:  # noqa: BLE001  # whatever it is: the test names those it expects
        print(f"failed: {type(error).__name__}")
