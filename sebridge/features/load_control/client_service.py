"""The service of the load-control client."""

from sebridge.features.load_control.client import DrlcClient
from sebridge.features.load_control.records import GetScheduledEventsRecord, LoadControlEventRecord
from sebridge.gateway.events.client_service import EventClientService


class LoadControlClientService(EventClientService[LoadControlEventRecord, DrlcClient]):
    """Asks DRLC servers for their events; a user opts out of events here, and back in."""

    questions = (GetScheduledEventsRecord(),)

    def choose(self, event_id: int | None, *, out: bool) -> None:
        """Opt out of an event, or back in; None is all that are in force.

        Raises UnknownEventError, or RefusedError where participation is mandatory (DRLC-6).
        """
        cluster, now = self._cluster, self._now
        self._changed(
            cluster.choose_all(now, out=out)
            if event_id is None
            else cluster.choose(event_id, now, out=out)
        )
