"""Give a network another key: send it to all, and have all use it when it has reached them."""

import secrets
from typing import Final

from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.radio.passive import PassiveApplication

NOT_OUR_KEY: Final = "the network key is that of another's network: its trust centre changes it"
SWITCHED_AFTER: Final = 10.0  # seconds, in which a broadcast has reached all who are awake
_KEY_OCTETS: Final = 16
_LOOKS: Final = 15
_LOOKS_EVERY: Final = 1.0  # seconds


async def change_network_key(application: PassiveApplication, clock: Clock) -> int | None:
    """Give the network a random key; return its sequence number, 0..255, where the radio tells it.

    RefusedError where the radio cannot; DeliveryError when it did not.
    """
    key = Secret(secrets.token_bytes(_KEY_OCTETS))
    try:
        await application.send_next_network_key(key)
        await clock.sleep(SWITCHED_AFTER)
        await application.switch_network_key()
        for _ in range(_LOOKS):
            if await application.uses_network_key(key):
                return application.network_key_number
            await clock.sleep(_LOOKS_EVERY)
    except application.driver_errors as error:
        # a library's text may show what it was given
        message = f"the network key was not changed: {type(error).__name__}"
        raise DeliveryError(message) from None
    raise DeliveryError("the radio did not take the network key that its devices were sent")
