"""The service of the load-control client."""

from sebridge.features.load_control.client import DrlcClient
from sebridge.features.load_control.records import GetScheduledEventsRecord, LoadControlEventRecord
from sebridge.gateway.events.client_service import EventClientService


class LoadControlClientService(EventClientService[LoadControlEventRecord, DrlcClient]):
    """Asks DRLC servers for their events; a user opts out of events here, and back in."""

    questions = (GetScheduledEventsRecord(),)

    def choose(self, event_id: int, *, out: bool) -> None:
        """Opt out of an event, or back in.

        Raises UnknownEventError, or RefusedError where participation is mandatory (DRLC-6).
        """
        self._changed(self._cluster.choose(event_id, self._now, out=out))
