"""The radio of a router or in-premise display: it joins the network of another."""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from typing import Any, Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.radio.channel_change import NOT_OURS
from sebridge.radio.key_change import NOT_OUR_KEY
from sebridge.radio.member import Errand, MemberApplication
from sebridge.radio.network_backup import NOT_OURS_TO_KEEP
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.passive import reason_of
from sebridge.radio.radio import Listener, NetworkPlan
from sebridge.radio.zdo_server import Binding
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.zcl.zdo import SimpleDescriptor

_KEY_GRANTED_WITHIN: Final = 10.0  # seconds; the stack itself gives up after five


class MemberRadio(ZigpyRadio):
    """A radio that zigpy drives, in a network that it has not formed.

    It joins by `plan`; the network that it is on already is gone on with where that fits the plan.
    """

    def __init__(
        self,
        application: type[MemberApplication],
        config: Mapping[str, Any],
        kind: str,
        endpoints: Sequence[SimpleDescriptor],
        bindings: MutableMapping[Binding, bool],
        clock: Clock,
        plan: NetworkPlan,
    ) -> None:
        # what others have formed is nothing to guard
        super().__init__(application, config, kind, endpoints, bindings, clock, NetworkGuard({}))
        self._member_class = application
        self._member: MemberApplication | None = None
        self._errand = Errand(plan=plan)

    @override
    def _make_application(self) -> MemberApplication:
        member = self._member = self._member_class(self._config)
        member.errand = self._errand
        return member

    @override
    async def start(self, listener: Listener) -> None:
        """Connect, and be on the network: join, go on, or come back after it was lost.

        ConfigError when the port cannot be opened or nothing behind it answers as this kind of
        radio; NotJoinedError when there is no network to join, or it does not let us in.
        """
        await super().start(listener)
        self._errand = replace(self._errand, comes_back=True, gives_up=False)

    @override
    def plan(self, plan: NetworkPlan) -> None:
        """Join by this from the next start on."""
        self._errand = replace(self._errand, plan=plan)

    @override
    async def leave(self) -> None:
        """Leave the network: the next start joins one anew."""
        # also where the radio only looks for its network
        self._errand = replace(self._errand, gives_up=True)
        await super().leave()

    @override
    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        """Refuse: only the coordinator opens the network."""
        del awaited, others
        raise RefusedError(f"only the coordinator opens the network for {seconds} s")

    @override
    async def change_channel(self, channels: Collection[int]) -> int:
        """Refuse: only the coordinator takes its network to another channel."""
        del channels
        raise RefusedError(NOT_OURS)

    @override
    async def change_network_key(self) -> int | None:
        """Refuse: only the trust centre changes the key of its network."""
        raise RefusedError(NOT_OUR_KEY)

    @override
    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Refuse: the coordinator has the network to keep."""
        del addresses
        raise RefusedError(NOT_OURS_TO_KEEP)

    @override
    def is_established(self, partner: Eui64) -> bool:
        """Say whether the radio has a key that was established, or granted by the trust centre."""
        return self._member is not None and self._member.is_established(partner)

    @override
    async def request_partner_key(self, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device (SEC-6).

        Raises RefusedError when it is not granted, NotJoinedError, or AnswerTimeoutError after
        10 s.
        """
        member = self._member
        if member is None or not self.network.joined:
            raise NotJoinedError("the radio is on no network")
        try:
            await self._clock.within(_KEY_GRANTED_WITHIN, member.request_partner_key(partner))
        except member.driver_errors as error:
            message = f"no key with {partner} was asked for: {reason_of(error)}"
            raise DeliveryError(message) from error
