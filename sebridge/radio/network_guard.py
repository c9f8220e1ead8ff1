"""Never a new network by accident: which network the radio was on, and what may be formed. Pure."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.radio.radio import Association

_ONLY: Final = "here"
"""The one key of the collection."""
_REMEDY: Final = (
    "`sebridge restore FILE` writes the network of a backup into the radio,"
    " `sebridge network form --force-new` forms a new one, which every device must join again"
)


@dataclass(frozen=True, slots=True)
class FormedNetwork:
    """The network that was formed or taken over; `given_up`: another one is to follow it."""

    extended_pan_id: Eui64
    coordinator: Eui64  # the EUI-64 of the radio, which is the trust centre's
    given_up: bool = False

    @override
    def __str__(self) -> str:
        """Return what a person tells networks apart by."""
        return f"{int(self.extended_pan_id):016x} of the coordinator {self.coordinator}"


def _nobody_is_known() -> bool:
    return False


class NetworkGuard:
    """Compares what a radio has with what is remembered of it.

    `stored` is where that is kept; `knows_devices` says whether there are devices that would lose
    their network. NotJoinedError tells a person what is wrong, and what to do.
    """

    def __init__(
        self,
        stored: MutableMapping[str, FormedNetwork],
        knows_devices: Callable[[], bool] = _nobody_is_known,
    ) -> None:
        self._stored = stored
        self._knows_devices = knows_devices

    @property
    def expected(self) -> FormedNetwork | None:
        """The network that the radio should have; None where any will do."""
        known = self._stored.get(_ONLY)
        return None if known is None or known.given_up else known

    def check_forming(self) -> None:
        """Pass where a new network takes nobody's away: nothing is known, or it was given up."""
        if _ONLY in self._stored:
            if self.expected is not None:
                raise _changed(f"the radio has no network, but {self.expected} is expected")
        elif self._knows_devices():
            raise _changed("the radio has no network, but there are devices that were in one")

    def check(self, found: FormedNetwork) -> None:
        """Pass where a radio has the network that is expected of it."""
        expected = self.expected
        if expected is not None and found != expected:
            raise _changed(f"the radio has the network {found}, but {expected} is expected")

    def refuse_member(self) -> None:
        """Refuse a radio that is in the network of another coordinator."""
        raise _changed(
            "the radio is in a network that it has not formed, as a router or end device"
        )

    def remember(self, network: FormedNetwork) -> None:
        """Expect this network from now on."""
        if self._stored.get(_ONLY) != network:
            self._stored[_ONLY] = network

    def give_up(self) -> None:
        """Let the next start form a new network: that was asked for."""
        known = self._stored.get(_ONLY)
        nobody = Eui64(0)
        extended_pan_id = nobody if known is None else known.extended_pan_id
        coordinator = nobody if known is None else known.coordinator
        self._stored[_ONLY] = FormedNetwork(extended_pan_id, coordinator, given_up=True)


def _changed(problem: str) -> NotJoinedError:
    return NotJoinedError(f"{problem}; {_REMEDY}", Association.CHANGED)
