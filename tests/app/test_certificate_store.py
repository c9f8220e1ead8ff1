"""The file with our certificates: private, checked, and with a way back."""

from pathlib import Path
from random import Random

import pytest

from sebridge.app.certificate_store import install, load_store, previous, read_store, revert
from sebridge.base.errors import ConfigError
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.certificate_text import write_certificate_text
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, Suite
from tests.crypto.key_vectors import GATEWAY, METER, credentials


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "security" / "certificates.txt"


def newer(suite: Suite) -> Credentials:
    return new_authority(suite, Random(9)).issue(GATEWAY, Random(9))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def problem(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_store(path)
    return str(caught.value)


def test_an_installed_certificate_is_there_for_its_owner_only(path: Path) -> None:
    install(path, credentials(SUITE_1, GATEWAY))

    assert mode(path) == 0o600
    assert load_store(path).find(SUITE_1) == credentials(SUITE_1, GATEWAY)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_one_of_each_suite_is_kept(path: Path) -> None:
    for suite in (SUITE_2, SUITE_1):
        install(path, credentials(suite, GATEWAY))

    assert load_store(path).suites == 3
    assert [one.suite for one in read_store(path)] == [SUITE_1, SUITE_2]


def test_what_was_there_before_comes_back_and_goes_again(path: Path) -> None:
    install(path, credentials(SUITE_1, GATEWAY))
    install(path, newer(SUITE_1))
    assert load_store(path).find(SUITE_1) == newer(SUITE_1)
    assert mode(previous(path)) == 0o600

    revert(path)
    assert load_store(path).find(SUITE_1) == credentials(SUITE_1, GATEWAY)
    revert(path)

    assert load_store(path).find(SUITE_1) == newer(SUITE_1)


def test_a_store_that_was_deleted_comes_back_once(path: Path) -> None:
    install(path, credentials(SUITE_1, GATEWAY))
    install(path, newer(SUITE_1))
    path.unlink()

    revert(path)

    assert load_store(path).find(SUITE_1) == credentials(SUITE_1, GATEWAY)


def test_before_the_first_certificate_there_was_none_and_is_none_again(path: Path) -> None:
    with pytest.raises(ConfigError, match="to go back to"):
        revert(path)
    install(path, credentials(SUITE_1, GATEWAY))

    revert(path)
    is_there = path.exists()
    revert(path)

    assert not is_there
    assert load_store(path).find(SUITE_1) == credentials(SUITE_1, GATEWAY)
    assert mode(path) == 0o600


def test_the_file_of_an_authority_is_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_text(write_certificate_text(credentials(SUITE_2, GATEWAY)))

    assert load_store(path).suites == 2


def test_a_certificate_for_another_device_is_not_mixed_in(path: Path) -> None:
    install(path, credentials(SUITE_1, GATEWAY))

    with pytest.raises(ConfigError, match="has a certificate for"):
        install(path, credentials(SUITE_2, METER))

    assert load_store(path).suites == 1
    assert not previous(path).exists()


@pytest.mark.tells_keys("the file security/certificates.txt")
def test_a_store_that_others_may_read_is_refused(path: Path) -> None:
    install(path, credentials(SUITE_1, GATEWAY))
    path.chmod(0o640)

    assert "chmod 600" in problem(path)


def test_what_is_wrong_is_said_with_the_name_of_the_file(path: Path) -> None:
    path.parent.mkdir()
    assert "cannot be read" in problem(path)
    path.touch(0o600)
    assert f"{path}: CA Public Key is missing" in problem(path)
    path.write_bytes(b"\xff")
    assert "is not UTF-8 text (octet 0)" in problem(path)
    path.write_bytes(b"#" * 40_000)
    assert "is longer than" in problem(path)
    mixed = (credentials(SUITE_1, GATEWAY), credentials(SUITE_2, METER))
    path.write_text(
        "".join(f"# suite {c.suite.number}\n{write_certificate_text(c)}" for c in mixed)
    )
    assert "different devices" in problem(path)
    twice = write_certificate_text(credentials(SUITE_1, GATEWAY))
    path.write_text(f"# suite 1\n{twice}# suite 1\n{twice}")
    assert "two certificates of one suite" in problem(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()

    with pytest.raises(ConfigError, match="cannot be written"):
        install(blocked / "certificates.txt", credentials(SUITE_1, GATEWAY))
