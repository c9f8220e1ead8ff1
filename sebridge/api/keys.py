"""Keys and codes as callers give them: integers, base16, base64, or text with any delimiters.

The value that was given is never part of an error.
"""

from typing import Any, Final

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.install_code import link_key as key_of_code
from sebridge.model.plain import octets_of
from sebridge.model.values import ABSENT

_KEY_OCTETS: Final = 16
_CODE_OCTETS: Final = (8, 10, 14, 18)  # with their check digits


def key_of(given_key: Any, given_code: Any) -> Secret | None:
    """Return the link key, or that of the installation code; None where neither is given.

    ParameterError for a key that has not 16 octets, and for a code that is none. A code is
    ignored when there is a key.
    """
    if given_key is not ABSENT and given_key is not None:
        key = _number(given_key, (_KEY_OCTETS,)) or octets_of(given_key, "link_key")
        if len(key) != _KEY_OCTETS:
            problem = f"has {len(key)} octets, must have {_KEY_OCTETS}"
            raise ParameterError("link_key", problem)
        return Secret(key)
    if given_code is ABSENT or given_code is None:
        return None
    code = _number(given_code, _CODE_OCTETS) or octets_of(given_code, "installation_code")
    return key_of_code(Secret(code))


def _number(value: Any, sizes: tuple[int, ...]) -> bytes | None:
    """Return an integer as octets, filled up to the next of the sizes; None for what is none."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    needed = max((value.bit_length() + 7) // 8, 1)
    size = next((size for size in sizes if size >= needed), needed)
    return value.to_bytes(size, "big")
