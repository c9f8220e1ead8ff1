"""The request to set load-control clients. Own extension: the reference has no such request."""

from sebridge.api.addressing import StatusAnswer, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.load_control.client import (
    DURATION_RANDOMIZATION_MINUTES,
    GROUP,
    START_RANDOMIZATION_MINUTES,
)
from sebridge.features.load_control.enrollment import NAMES, ClientPlaces, Enrollments
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.schedule.randomization import LONGEST_IN_MINUTES
from sebridge.zcl.identifiers import DRLC


class EnrollmentMethods:
    """The request to set thermostats and load switches for load control."""

    rpc_interface = SE_INTERFACE

    def __init__(self, places: ClientPlaces, enrollments: Enrollments) -> None:
        self._places = places
        self._enrollments = enrollments

    @method
    async def set_load_control_enrollment(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
        utility_enrollment_group: Uint8 | Absent = ABSENT,
        start_randomization_minutes: Uint8 | Absent = ABSENT,
        duration_randomization_minutes: Uint8 | Absent = ABSENT,
    ) -> StatusAnswer:
        """Set which group a thermostat or load switch is in, and its random delays (0 to 60 min).

        A device is concerned by the events of its group, and by those of group 0. The answer is
        that to the first value which it did not take, if there is one.
        """
        given = {
            GROUP: utility_enrollment_group,
            START_RANDOMIZATION_MINUTES: start_randomization_minutes,
            DURATION_RANDOMIZATION_MINUTES: duration_randomization_minutes,
        }
        wanted = {number: int(value) for number, value in given.items() if value is not ABSENT}
        if not wanted:
            raise ParameterError("utility_enrollment_group", "or a delay must be given")
        for number in wanted.keys() - {GROUP}:
            if wanted[number] > LONGEST_IN_MINUTES:
                raise ParameterError(NAMES[number], f"must be 0..{LONGEST_IN_MINUTES}")
        clients = self._places.clients_of(destination_address, DRLC)
        client = peer_of(
            clients, destination_address, destination_endpoint_id, "load-control device"
        )
        number, status = await self._enrollments.set(client, wanted)
        return StatusAnswer.of(client, DRLC, status, f"{NAMES[number]}: ")
