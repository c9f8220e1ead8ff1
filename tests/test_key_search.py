"""The search for keys finds them however they are told, and nothing else."""

import base64
from collections.abc import Callable
import json
from pathlib import Path

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.storage.database import Database
from tests.key_search import COLLECTIONS, PUBLIC, SEARCH, KeySearch
from tests.private_file import write_private

KEY = bytes.fromhex("5a1b0cf37e2299d4a08fee610b7c43d5")
FORMS: dict[str, Callable[[bytes], bytes | str]] = {
    "octets": lambda key: b"\x00" + key + b"\xff",
    "hexadecimal": bytes.hex,
    "capitals": lambda key: key.hex().upper(),
    "colons": lambda key: key.hex(":"),
    "groups": lambda key: key.hex(" ", 2).upper(),
    "numbers of C": lambda key: ", ".join(f"0x{one:02X}" for one in key),
    "escapes": lambda key: "".join(f"\\x{one:02x}" for one in key),
    "a list": lambda key: str(list(key)),
    "JSON": lambda key: json.dumps(list(key), separators=(",", ":")),
    "Python": lambda key: repr(key + b"Z"),
    "base64": base64.b64encode,
    "base64 of more": lambda key: base64.b64encode(b"{" + key + b"}"),
    "base64 of still more": lambda key: base64.b64encode(b"{." + key + b"}"),
    "base64 of addresses": base64.urlsafe_b64encode,
}


@pytest.fixture
def search() -> KeySearch:
    search = KeySearch()
    search.key(KEY, "the key")
    return search


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_key_is_found_however_it_is_written(
    search: KeySearch, form: Callable[[bytes], bytes | str]
) -> None:
    search.told("a log", "nothing")
    search.told("an answer", form(KEY))

    [(name, place, _)] = search.found()

    assert (name, place) == ("the key", "an answer")


@pytest.mark.parametrize("form", ["octets", "hexadecimal", "colons", "a list", "Python"])
def test_a_key_is_found_in_reversed_order_of_its_octets(search: KeySearch, form: str) -> None:
    search.told("a log", FORMS[form](KEY[::-1]))

    assert [how.rpartition(", ")[2] for _, _, how in search.found()] == ["backwards"]


def test_a_find_does_not_repeat_the_key(search: KeySearch) -> None:
    search.told("a log", KEY.hex())

    assert KEY.hex() not in str(search.found())


def test_other_keys_are_not_found(search: KeySearch) -> None:
    search.told("a log", bytes(one ^ 1 for one in KEY).hex())

    assert search.found() == []


@pytest.mark.parametrize("octets", [*PUBLIC, bytes(16), b"\xff" * 16, b"1234567"])
def test_what_everybody_knows_and_what_is_short_is_no_key(octets: bytes) -> None:
    search = KeySearch()
    search.key(octets, "a key")
    search.told("a log", octets.hex())

    assert search.found() == []


def test_each_secret_of_a_test_is_known_where_it_is_made_and_where_it_is_used() -> None:
    secret = Secret(KEY)
    SEARCH.told("a log", KEY.hex())

    made = SEARCH.found()
    SEARCH.begin()
    SEARCH.told("a log", secret.reveal().hex())
    used = SEARCH.found()
    SEARCH.begin()

    assert [name.rpartition(":")[0] for name, _, _ in (*made, *used)] == [
        "a secret of tests/test_key_search.py",
        "a secret that is used in tests/test_key_search.py",
    ]


async def test_keys_of_a_database_are_searched_for_in_files_that_others_may_read(
    tmp_path: Path, clock: VirtualClock
) -> None:
    database = Database(tmp_path / "sebridge.db", clock)
    await database.start()
    for name in COLLECTIONS:
        database.collection(name, str, Secret)["x"] = Secret(KEY)
    await database.stop()
    search = KeySearch()
    (tmp_path / "bridge.log").write_text(KEY.hex())
    write_private(tmp_path / "backup.json", KEY.hex())

    search.look_into(tmp_path)
    found = search.found()
    (tmp_path / "bridge.log").unlink()  # or this test fails, as it has to

    assert [place for _, place, _ in found] == ["the file bridge.log"]
