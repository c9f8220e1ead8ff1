"""Basic: who we are. Source: ZigBee Cluster Library, Basic cluster."""

from collections.abc import Callable, MutableMapping
from typing import Any, ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import RefusedError, UnsupportedCommandError
from sebridge.features.basic.records import BASIC_CLUSTER, ResetToFactoryDefaultsRecord
from sebridge.features.basic.signals import FactoryReset
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.cluster import ClusterDefinition

_UINT8: Final = 0x20
_ENUM8: Final = 0x30
_STRING: Final = 0x42
_ZCL_VERSION: Final = 3  # of the devices of the SE 1.x era
MAINS: Final = 0x01
BATTERY: Final = 0x03

APPLICATION_VERSION: Final = 0x0001
HW_VERSION: Final = 0x0003
MANUFACTURER_NAME: Final = 0x0004
MODEL_IDENTIFIER: Final = 0x0005
LOCATION_DESCRIPTION: Final = 0x0010
PHYSICAL_ENVIRONMENT: Final = 0x0011
SW_BUILD_ID: Final = 0x4000

_LONGEST_LOCATION: Final = 16  # octets


class BasicServer(LocalCluster):
    """Manufacturer, model and power source of an endpoint of ours, and where it stands.

    `store` keeps what peers wrote. `may_reset` says who may put the endpoint back to its factory
    defaults: what peers wrote is forgotten then, and the rest is left to who hears the signal.
    """

    definition: ClassVar[ClusterDefinition] = BASIC_CLUSTER
    server = True

    def __init__(
        self,
        manufacturer: str,
        model: str,
        power_source: int = MAINS,
        *,
        store: MutableMapping[int, Any] | None = None,
        may_reset: Callable[[Command], bool] = lambda _command: False,
    ) -> None:
        self._store: MutableMapping[int, Any] = {} if store is None else store
        self._may_reset = may_reset
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(0x0000, _UINT8, _ZCL_VERSION),
                    LocalAttribute(APPLICATION_VERSION, _UINT8, 1),
                    LocalAttribute(MANUFACTURER_NAME, _STRING, manufacturer),
                    LocalAttribute(MODEL_IDENTIFIER, _STRING, model),
                    LocalAttribute(0x0007, _ENUM8, power_source),
                    LocalAttribute(
                        LOCATION_DESCRIPTION, _STRING, "", writable=True, longest=_LONGEST_LOCATION
                    ),
                    LocalAttribute(PHYSICAL_ENVIRONMENT, _ENUM8, 0, writable=True),
                ],
                self._store,
            )
        )

    @override
    def receive(self, command: Command) -> Outcome:
        """Reset to factory defaults, if that is allowed; RefusedError if it is not."""
        if not isinstance(command.record, ResetToFactoryDefaultsRecord):
            raise UnsupportedCommandError(type(command.record).__name__)
        if not self._may_reset(command):
            raise RefusedError(f"{command.source.device} may not reset us to factory defaults")
        self._store.clear()
        return Outcome(signals=(FactoryReset(command.source.device, command.local_endpoint),))


class BasicClient(LocalCluster):
    """Asks others who they are."""

    definition: ClassVar[ClusterDefinition] = BASIC_CLUSTER
    server = False
