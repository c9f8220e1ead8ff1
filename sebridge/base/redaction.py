"""What may be said of values that came from outside: keys, codes and passwords never.

A key that stands in a wrong place is not known to be one, so it is told by how it looks.
"""

import re
from typing import Final

_MASK: Final = "********"
_LONGEST: Final = 40  # characters
_SHORTEST_CODE: Final = 12  # hex digits: an installation code of 48 bits without its CRC
_ADDRESS: Final = 16  # hex digits: more than that is no address of a device
_BEGIN: Final = r"(?:(?<![0-9A-Za-z])|(?<=\\[abfnrtv])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))"
"""Where a number begins: not within a word, but behind the escape of a control character."""
_GROUP: Final = r"[0-9A-Fa-f]+(?![0-9A-Za-z])"
_DIGITS: Final = re.compile(
    # one kind of separator: what follows an address in a sentence is not part of it
    rf"{_BEGIN}(?:0[xX])?{_GROUP}(?:([ :._-]){_GROUP}(?:\1{_GROUP})*)?"
    r"|[0-9A-Fa-f]{17,}"  # in one piece also inside of a word
)
_NOT_A_DIGIT: Final = re.compile(r"[^0-9A-Fa-f]")
_DEVICE_ID: Final = re.compile(r"0{8}-0{8}-[0-9A-Fa-f]{8}-[0-9A-Fa-f]{8}")
"""An id in SCI documents that is made of a 64-bit address. No key begins so."""
_FRACTION: Final = re.compile(r"[0-9]+\.[0-9]+")
_IPV6: Final = re.compile(r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}")
_CREDENTIALS: Final = re.compile(
    # from where a word begins only: a long word would be read again from each of its letters
    r"(?<![A-Za-z0-9+.-])([A-Za-z0-9+.-]+://)[^/\s@]*(?:@[^/\s@]*)*@"
)
_AUTHORIZATION: Final = re.compile(r"(authorization[\"']?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE)


def shown(value: object, longest: int = _LONGEST) -> str:
    """Return a wrong value as an error may show it: cut, and masked where it could be a key.

    Text is quoted. Numbers are shown, but for those with as many digits as a code.
    """
    text = repr(value)
    if isinstance(value, float):
        return text
    if any(len(digits) >= _SHORTEST_CODE for _, digits in _runs(text)):
        return _MASK
    text = redacted(text)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def redacted(text: str) -> str:
    """Return a text for a log, a topic or a caller, without what could be a key or a password.

    Masked are more than 16 hex digits in one, with separators or without; the credentials of an
    address; and what an Authorization header holds. Addresses of devices and device ids stay.
    """
    text = _AUTHORIZATION.sub(rf"\1{_MASK}", _CREDENTIALS.sub(rf"\1{_MASK}@", text))
    parts: list[str] = []
    end = 0
    for found, digits in _runs(text):
        if len(digits) > _ADDRESS and not _is_harmless(found[0]):
            parts += text[end : found.start()], _MASK
            end = found.end()
    return "".join(parts) + text[end:]


def _runs(text: str) -> list[tuple[re.Match[str], str]]:
    return [
        (found, _NOT_A_DIGIT.sub("", found[0].lower().removeprefix("0x")))
        for found in _DIGITS.finditer(text)
    ]


def _is_harmless(text: str) -> bool:
    return any(harmless.fullmatch(text) for harmless in (_FRACTION, _IPV6, _DEVICE_ID))
