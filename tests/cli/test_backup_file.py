"""The file of a backup: its mode, its passphrase, and what is wrong with others."""

import json
from pathlib import Path
import stat

import pytest

from sebridge.base.errors import ConfigError, RefusedError
from sebridge.base.secret import Secret
from sebridge.cli.backup_file import check_free, passphrase_of, read_backup, write_backup
from tests.private_file import write_private

PASSPHRASE = Secret(b"correct horse")
DOCUMENT = {"network_key": {"key": "0102030405060708"}}


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_it_is_its_owners_alone_and_reads_back(tmp_path: Path, passphrase: Secret | None) -> None:
    file = tmp_path / "network.json"

    write_backup(file, DOCUMENT, passphrase)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ("01020304" in file.read_text()) is (passphrase is None)
    assert read_backup(file, passphrase) == DOCUMENT


def test_without_its_passphrase_a_sealed_file_says_what_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    write_backup(file, DOCUMENT, PASSPHRASE)

    with pytest.raises(ConfigError, match="give --passphrase-file"):
        read_backup(file, None)
    with pytest.raises(RefusedError, match="the passphrase is wrong"):
        read_backup(file, Secret(b"other"))


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    check_free(file, force=False)
    file.write_text("precious")

    check_free(file, force=True)
    with pytest.raises(RefusedError, match="--force overwrites it"):
        check_free(file, force=False)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    file.write_text('{"format": "sebridge/sealed"}')

    with pytest.raises(ConfigError, match=r"network\.json is no sealed file"):
        read_backup(file, PASSPHRASE)


def test_a_file_that_is_not_there_or_far_too_large_is_named(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text(json.dumps("x" * (1 << 20)))

    with pytest.raises(ConfigError, match="cannot be read"):
        read_backup(tmp_path / "none.json", None)
    with pytest.raises(ConfigError, match="is longer than"):
        read_backup(large, None)


@pytest.mark.parametrize("text", ["correct horse", "correct horse\n", "correct horse\r\nmore\n"])
def test_the_passphrase_is_the_first_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "passphrase.txt"
    write_private(file, text)

    assert passphrase_of(file) == PASSPHRASE
    assert passphrase_of(None) is None


def test_an_empty_passphrase_is_none(tmp_path: Path) -> None:
    file = tmp_path / "passphrase.txt"
    file.write_text("\n")

    with pytest.raises(ConfigError, match="no passphrase"):
        passphrase_of(file)
