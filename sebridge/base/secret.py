"""Keys and codes which print as asterisks."""

import hmac

from typing_extensions import override


class Secret:
    """Octets that must not reach a log, a topic or an error text.

    Only `reveal()` gives the octets, so every place that does can be found by that word.
    """

    __slots__ = ("_octets",)

    def __init__(self, octets: bytes) -> None:
        self._octets = bytes(octets)

    def reveal(self) -> bytes:
        """Return the octets themselves."""
        return self._octets

    @override
    def __repr__(self) -> str:
        return "********"

    __str__ = __repr__

    def __len__(self) -> int:
        return len(self._octets)

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._octets, other._octets)

    @override
    def __hash__(self) -> int:
        return hash(self._octets)
