"""`sebridge certificate`: what it prints, its exit status, and that no private key shows."""

from pathlib import Path

from click.testing import CliRunner, Result
import pytest

from sebridge.cli.main import main
from sebridge.crypto.certificate_text import read_certificate_text, write_certificate_text
from sebridge.crypto.suite import SUITE_1, SUITE_2
from tests.crypto.key_vectors import GATEWAY, credentials
from tests.private_file import write_private


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEBRIDGE_SECURITY__CERTIFICATE_STORE", raising=False)


@pytest.fixture
def text() -> str:
    text = write_certificate_text(credentials(SUITE_1, GATEWAY))
    write_private(Path("given.txt"), text)
    return text


def certificate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["certificate", *arguments])


def secret() -> str:
    return credentials(SUITE_1, GATEWAY).private_key.reveal().hex()


def test_a_right_certificate_is_shown_without_its_private_key(text: str) -> None:
    result = certificate("check", "given.txt")

    assert result.exit_code == 0
    assert "subject: 00:13:a2:00:40:00:00:02" in result.output
    assert "private key: ********" in result.output
    assert result.output.endswith("given.txt is right\n")
    assert secret() in text
    assert secret() not in result.output


def test_a_wrong_key_is_found(text: str) -> None:
    digit = "1" if secret()[-1] == "0" else "0"
    Path("given.txt").write_text(text.replace(secret(), secret()[:-1] + digit))

    result = certificate("check", "given.txt")

    assert result.exit_code == 1
    assert result.output == (
        "sebridge: the private key does not belong to the certificate and the authority's"
        " public key\n"
    )


@pytest.mark.parametrize("content", ["", "CA Public Key: zz\n", "Device Private Key: 0\n"])
def test_every_problem_of_a_bad_file_is_one_line(content: str) -> None:
    Path("given.txt").write_text(content)

    result = certificate("check", "given.txt")

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines
    assert all(line.startswith("sebridge: ") for line in lines)


def test_a_missing_file_is_named() -> None:
    result = certificate("check", "missing.txt")

    assert (result.exit_code, result.output) == (
        1,
        "sebridge: missing.txt cannot be read: No such file or directory\n",
    )


def test_install_show_and_revert(text: str) -> None:
    assert certificate("show").exit_code == 1
    assert certificate("revert").exit_code == 1

    installed = certificate("install", "given.txt")
    assert installed.exit_code == 0
    assert "certificates.txt has the certificate of suite 1" in installed.output
    assert Path("certificates.txt").stat().st_mode & 0o777 == 0o600
    assert certificate("install", "given.txt").exit_code == 0

    shown = certificate("show")
    assert shown.exit_code == 0
    assert "issuer: 5345425249444745 (SEBRIDGE)" in shown.output
    assert "certificates.txt.previous is what was there before" in shown.output
    assert secret() not in installed.output + shown.output

    assert certificate("revert").output == "certificates.txt is as it was before\n"


def test_revert_after_the_first_certificate_leaves_none(text: str) -> None:
    certificate("install", "given.txt")

    reverted = certificate("revert")

    assert reverted.exit_code == 0
    assert "certificates.txt is no more" in reverted.output
    assert not Path("certificates.txt").exists()
    assert certificate("revert").output == "certificates.txt is as it was before\n"
    assert certificate("show").exit_code == 0
    assert secret() not in reverted.output


def test_one_for_another_device_is_not_installed(text: str) -> None:
    certificate("install", "given.txt")
    certificate("test-ca", "00:0d:6f:00:0a:00:00:01", "-o", "meter.txt")

    result = certificate("install", "meter.txt")

    assert result.exit_code == 1
    assert "has a certificate for" in result.output


def test_the_test_authority_issues_for_a_house_and_remembers_its_keys() -> None:
    for number in ("1", "2"):
        for suite in ("1", "2"):
            result = certificate(
                "test-ca", f"000d6f000a00000{number}", "--suite", suite, "-o", f"{number}-{suite}"
            )
            assert result.exit_code == 0
            assert f"suite {suite} for 00:0d:6f:00:0a:00:00:0{number}" in result.output

    made = {name: read_certificate_text(Path(name).read_text()) for name in ("1-1", "2-1", "1-2")}
    assert made["1-1"].authority_key == made["2-1"].authority_key
    assert (made["1-1"].suite, made["1-2"].suite) == (SUITE_1, SUITE_2)
    for name in ("1-1", "test-authority.txt"):
        assert Path(name).stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten_and_nonsense_is_refused() -> None:
    arguments = ("test-ca", "00:0d:6f:00:0a:00:00:01", "-o", "meter.txt")
    assert certificate(*arguments).exit_code == 0
    assert certificate(*arguments).output == "sebridge: meter.txt exists already\n"
    assert certificate("test-ca", "meter", "-o", "other.txt").exit_code == 2
    for digits in ("00", "xyz", "f"):
        Path("test-authority.txt").write_text(f"Suite 1 Private Key: {digits}\n")
        result = certificate("test-ca", "00:0d:6f:00:0a:00:00:01", "-o", "other.txt")
        assert result.exit_code == 1
        assert result.output == "sebridge: test-authority.txt: the private key of suite 1 is none\n"
