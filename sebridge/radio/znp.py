"""Texas Instruments radios over ZNP: what zigpy-znp leaves to us. Needs the extra `znp`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from typing_extensions import override
import zigpy_znp.commands as c
import zigpy_znp.config
import zigpy_znp.exceptions
import zigpy_znp.types
from zigpy_znp.zigbee.application import ControllerApplication

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.passive import HARDWARE_ERRORS, PassiveApplication
from sebridge.radio.zigpy_words import to_zigpy

CONFIG: Final[Mapping[str, Any]] = {
    # else everything is sent from endpoint 1, also what our Smart Energy endpoint sends
    zigpy_znp.config.CONF_ZNP_CONFIG: {zigpy_znp.config.CONF_PREFER_ENDPOINT_1: False},
}


class ZnpApplication(PassiveApplication, ControllerApplication):
    """zigpy-znp's application; Z-Stack answers all ZDO questions by itself."""

    driver_errors: ClassVar[tuple[type[Exception], ...]] = (
        *HARDWARE_ERRORS,
        zigpy_znp.exceptions.CommandNotRecognized,
        zigpy_znp.exceptions.SecurityError,
        RuntimeError,  # joining could not be opened
    )

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Hand the key over, without zigpy-znp's wait for the whole joining window."""
        await self._znp.request(
            c.AppConfig.BDBAddInstallCode.Req(
                InstallCodeFormat=c.app_config.InstallCodeFormat.KeyDerivedFromInstallCode,
                IEEE=to_zigpy(device),
                InstallCode=key.reveal(),
            ),
            RspStatus=zigpy_znp.types.Status.SUCCESS,
        )
