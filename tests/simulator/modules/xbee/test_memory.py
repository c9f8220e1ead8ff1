"""What a module keeps, on a real disk."""

from pathlib import Path

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.secret import Secret
from sebridge.simulator.modules.xbee.memory import KeptKey, KeptNetwork, Memory
from sebridge.storage.database import Database
from tests.radio.simulated_air import METER

NETWORK = KeptNetwork(
    extended_pan_id=Eui64(0xBEEF),
    pan_id=0xB15E,
    channel=15,
    key=Secret(bytes(range(16))),
    link_key=Secret(bytes(16)),
    made_for=Secret(b"registers"),
)
KEY = KeptKey(joining=Secret(bytes(16)), established=Secret(bytes(range(16))), sent=1024, heard=7)


async def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    database = Database(tmp_path / "stick.db", SystemClock())
    await database.open()
    memory = Memory(database.collection)
    memory.registers["NI"] = Secret(b"Cellar")
    memory.keep_network(NETWORK)
    assert memory.keep_member(METER, 0x1234)
    memory.keys[METER] = KEY
    await database.close()

    database = Database(tmp_path / "stick.db", SystemClock())
    await database.open()
    again = Memory(database.collection)

    assert dict(again.registers) == {"NI": Secret(b"Cellar")}
    assert again.network == NETWORK
    assert dict(again.members) == {METER: 0x1234}
    assert dict(again.keys) == {METER: KEY}
    again.forget_network()
    assert again.network is None
    assert not again.members
    assert not again.keys
    await database.close()
