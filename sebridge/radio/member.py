"""A zigpy application that is a router in the network of another: what our radio asks of it."""

from abc import abstractmethod
import contextlib
from typing import ClassVar

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.radio import NetworkPlan
from sebridge.zcl.zdo import LogicalType


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """How a radio is to come onto a network.

    `plan` says which to join, and with which link key. With `comes_back`, the network that it is on
    may be gone or have moved: it is looked for again. With `gives_up`, that network is left, and
    one is joined anew.
    """

    plan: NetworkPlan
    comes_back: bool = False
    gives_up: bool = False


class MemberApplication(PassiveApplication):
    """What is put before a radio library's application, which knows only how to form a network.

    `errand` is set before it is started.
    """

    logical_type: ClassVar[LogicalType] = LogicalType.ROUTER

    errand: Errand

    @override
    def told_to_leave(self) -> None:
        self.create_task(self._obey(), "leave")  # type: ignore[misc]  # it has what that asks for

    async def _obey(self) -> None:
        with contextlib.suppress(*self.driver_errors):  # the radio may have left by itself
            await self.reset_network_info()
        self.connection_lost(ConnectionError("the network was left, as the trust centre asked"))

    @abstractmethod
    def is_established(self, partner: Eui64) -> bool:
        """Say whether the radio has a key that was established, or granted by the trust centre."""

    @abstractmethod
    async def request_partner_key(self, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device; RefusedError when it grants none."""
