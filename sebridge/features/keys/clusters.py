"""Both sides of the Key Establishment cluster: they hand on what comes, answers come later."""

from collections.abc import Callable
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import DecodeError, UnsupportedCommandError
from sebridge.features.keys.conversation import SUITES_ATTRIBUTE
from sebridge.features.keys.records import KEY_ESTABLISHMENT_CLUSTER
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.model.data_types import Text
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition

_ENUM16: Final = 0x31


class UnreadableRecord(Record):
    """Stands for a frame that cannot be read, so that its sender is told by a Terminate."""

    why: Text


class _KeyEstablishmentCluster(LocalCluster):
    """One side: the attribute of both, and no answer of its own.

    `heard` is called with what came. `suites` has one bit for each suite of which there is an own
    certificate.
    """

    definition: ClassVar[ClusterDefinition] = KEY_ESTABLISHMENT_CLUSTER

    def __init__(self, suites: int, heard: Callable[[Command], object]) -> None:
        super().__init__(
            LocalAttributes([LocalAttribute(SUITES_ATTRIBUTE, _ENUM16, suites)]),
        )
        self._heard = heard

    @override
    def read(self, command_id: int, payload: bytes) -> Record:
        """Return the record; what cannot be read is refused by the session, not by ZCL."""
        try:
            return super().read(command_id, payload)
        except (DecodeError, UnsupportedCommandError) as error:
            return UnreadableRecord(why=str(error)[:100])

    @override
    def receive(self, command: Command) -> Outcome:
        """Hand a frame to the sessions."""
        self._heard(command)
        return Outcome(answered_later=True)


class KeyEstablishmentServer(_KeyEstablishmentCluster):
    """What initiators speak to."""

    server = True


class KeyEstablishmentClient(_KeyEstablishmentCluster):
    """What responders answer to."""

    server = False


class KeyClusters:
    """Both sides for one endpoint; every device of Smart Energy has both."""

    def __init__(
        self,
        suites: int,
        *,
        heard_by_server: Callable[[Command], object],
        heard_by_client: Callable[[Command], object],
    ) -> None:
        self.server = KeyEstablishmentServer(suites, heard_by_server)
        self.client = KeyEstablishmentClient(suites, heard_by_client)

    @property
    def both(self) -> tuple[LocalCluster, ...]:
        """The two of them; none without a certificate."""
        has_certificate = bool(self.server.attributes.read(SUITES_ATTRIBUTE).value)
        return (self.server, self.client) if has_certificate else ()
