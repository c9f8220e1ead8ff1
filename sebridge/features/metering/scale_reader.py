"""Read what scales a meter's values, and be sure of it: a wrong divisor is a wrong number."""

from collections.abc import Sequence
from typing import Final

from zigpy.zcl.foundation import Status

from sebridge.base.errors import DeliveryError, MalformedAnswerError
from sebridge.features.metering import records as metering
from sebridge.gateway.reporting.reader import ReadResult, RemoteReader
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import METERING

_SCALE: Final = (metering.UNIT_OF_MEASURE, metering.MULTIPLIER, metering.DIVISOR)
_CERTAIN: Final = (Status.SUCCESS, Status.UNSUPPORTED_ATTRIBUTE)


async def read_scale(
    reader: RemoteReader, meter: Peer, local_endpoint: int
) -> list[AttributeValue]:
    """Return the configuration of a meter; what it does not have is not in it (MET-2).

    Where the answer is silent about what scales the values, as some are that did not fit into a
    frame, it is asked for alone. Raises MalformedAnswerError where the meter still does not say
    whether it has it, DeliveryError with its status where it cannot tell now.
    """
    results = await reader.read(meter, METERING, local_endpoint, metering.CONFIGURATION)
    missing = _missing(results)
    if missing:
        results = [*results, *await reader.read(meter, METERING, local_endpoint, missing)]
    for attribute_id, status, _ in results:
        if attribute_id in _SCALE and status not in _CERTAIN:
            name = Status(status).name
            raise DeliveryError(f"attribute 0x{attribute_id:04X} was not read: {name}", status)
    if missing := _missing(results):
        raise MalformedAnswerError(f"the meter does not say whether it has 0x{missing[0]:04X}")
    return [value for _, _, value in results if value is not None]


def _missing(results: Sequence[ReadResult]) -> list[int]:
    told = {attribute_id for attribute_id, _, _ in results}
    return [attribute_id for attribute_id in _SCALE if attribute_id not in told]
