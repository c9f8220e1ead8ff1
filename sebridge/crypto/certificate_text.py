"""The text in which a certificate authority hands out certificates: one named value to a line.

    CA Public Key: 02 00FD E8A7 ...
    Device Implicit Cert: ...
    Device Private Key: ...
    Device Public Key: ...

Lines may stand in any order, with any delimiters between the digits; a value may go on in the
lines below its name. Everything else is a comment, and so is what follows # or //.
"""

from collections.abc import Mapping
import re
from typing import Final

from sebridge.base.errors import ConfigError, DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import Credentials, problems_of

LONGEST_TEXT: Final = 16 * 1024
"""Characters; the four lines of suite 2 have about 400."""

_AUTHORITY_KEY: Final = "CA Public Key"
_CERTIFICATE: Final = "Device Implicit Cert"
_PRIVATE_KEY: Final = "Device Private Key"
_PUBLIC_KEY: Final = "Device Public Key"
_NAMES: Final = (_AUTHORITY_KEY, _CERTIFICATE, _PRIVATE_KEY, _PUBLIC_KEY)
_NEEDED: Final = (_AUTHORITY_KEY, _CERTIFICATE, _PRIVATE_KEY)

_NAMED: Final = re.compile(
    r"\W*("
    + "|".join(name.replace(" ", r"[\s_-]{1,8}") for name in _NAMES)
    + r")(?:ificate)?(?![a-z0-9])(.*)",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"(?:#|//).*")
_HEX_PREFIX: Final = re.compile(r"(?<![0-9a-z])0x", re.IGNORECASE)
_DELIMITER: Final = re.compile(r"[\W_]+", re.ASCII)
_ONLY_DIGITS: Final = re.compile(r"[0-9a-fA-F]+")


def read_certificate_text(text: str) -> Credentials:
    """Return the credentials; ConfigError with every problem, by its line, and without a key.

    The device's public key may be left off; it follows from the others.
    """
    if len(text) > LONGEST_TEXT:
        raise ConfigError([f"the text has more than {LONGEST_TEXT} characters"])
    values, problems = _values(text)
    problems += [f"{name} is missing" for name in _NEEDED if name not in values]
    if problems:
        raise ConfigError(problems)
    return _credentials(values)


def write_certificate_text(credentials: Credentials) -> str:
    """Return the text form. It contains the private key: keep it in a file of mode 0600."""
    values = (
        credentials.authority_key,
        credentials.certificate.octets,
        credentials.private_key.reveal(),
        credentials.public_key,
    )
    lines = zip(_NAMES, values, strict=True)
    return "".join(f"{name}: {octets.hex()}\n" for name, octets in lines)


def _credentials(values: Mapping[str, bytes]) -> Credentials:
    private_key, authority_key = Secret(values[_PRIVATE_KEY]), values[_AUTHORITY_KEY]
    try:
        certificate = parse_certificate(values[_CERTIFICATE])
    except DecodeError as error:
        raise ConfigError([f"{_CERTIFICATE}: {error}"]) from error
    problems = problems_of(authority_key, certificate, private_key)
    if problems:
        raise ConfigError(problems)
    credentials = Credentials(authority_key, certificate, private_key)
    if values.get(_PUBLIC_KEY, credentials.public_key) != credentials.public_key:
        raise ConfigError([f"{_PUBLIC_KEY} is not that of the certificate"])
    return credentials


def _values(text: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the value for each name, and what is wrong with the others."""
    values: dict[str, bytes] = {}
    problems: list[str] = []
    for name, (line, digits) in _named_digits(text, problems).items():
        problem = _problem(digits)
        if problem:
            problems.append(f"line {line}: {name} {problem}")
        values[name] = b"" if problem else bytes.fromhex(digits)
    return values, problems


def _problem(digits: str) -> str:
    if not digits:
        return "has no digits"
    if not _ONLY_DIGITS.fullmatch(digits):
        return "has characters that are no hex digits"
    return "has an odd number of hex digits" if len(digits) % 2 else ""


def _named_digits(text: str, problems: list[str]) -> dict[str, tuple[int, str]]:
    """Return for each name the line where it stands, and its value without the delimiters."""
    found: dict[str, tuple[int, str]] = {}
    name = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw)
        named = _NAMED.fullmatch(line)
        if named is not None:
            name = _name(named[1])
            if name in found:
                problems.append(f"line {number}: {name} stands there for the second time")
            found[name] = (number, _digits(named[2]))
        elif name is not None and _ONLY_DIGITS.fullmatch(_digits(line)):
            first, before = found[name]
            found[name] = (first, before + _digits(line))
        else:
            name = None
    return found


def _name(written: str) -> str:
    letters = _DELIMITER.sub("", written).lower()
    return next(name for name in _NAMES if name.replace(" ", "").lower() == letters)


def _digits(value: str) -> str:
    return _DELIMITER.sub("", _HEX_PREFIX.sub("", value))
