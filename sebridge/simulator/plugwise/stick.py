"""An emulated Plugwise stick: its end of the serial line, and the circles that it reaches."""

from collections.abc import Iterable
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.errors import DecodeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import (
    ENDPOINTS,
    FIFTY_HERTZ,
    FREE,
    UNASKED,
    Acknowledgement,
    Answer,
    Confirmation,
    DeviceInfo,
    EndpointInfo,
    EndpointRemoved,
    JoiningWanted,
    Status,
    StickAlone,
    StickInfo,
    write_answer,
)
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.log import LOG_START
from sebridge.plugwise.moments import MonthMinutes
from sebridge.plugwise.requests import (
    Associate,
    Disassociate,
    FindCirclePlus,
    GetEndpoint,
    GetInfo,
    Initialise,
    RemoveEndpoint,
    Request,
    endpoint_of,
    read_request,
)
from sebridge.simulator.modules.serial_line import Write
from sebridge.simulator.modules.signals import HostSpoke
from sebridge.simulator.plugwise.circle import BUILT, SimulatedCircle

NOT_FOUND_AFTER: Final = 6.0
"""Seconds after which the stick says that it does not reach a device."""
_NETWORK_CODE: Final = 0xFD << 56
_SHORT_NETWORK_CODE: Final = 0x34FD
_HARDWARE: Final = "653907007326"
_IS_STICK: Final = 0  # what DeviceInfo ends with, of a stick
_NUMBERS: Final = UNASKED.start


class EmulatedPlugwiseStick(Service):
    """Speaks to one host at a time, and carries out what it asks, by circles or by itself.

    The first of the circles is the Circle+, without which the stick is alone; the others are
    associated with it. `clock` is that of the house. A request that comes with a wrong CRC is
    refused once the octets are read with which it came.
    """

    def __init__(
        self, address: Eui64, circles: Iterable[SimulatedCircle], clock: Clock, bus: SignalBus
    ) -> None:
        super().__init__()
        self.circles = {circle.address: circle for circle in circles}
        self._address = address
        self._clock = clock
        self._bus = bus
        self._circle_plus = next(iter(self.circles), None)
        self._places: list[Eui64 | None] = [None] * ENDPOINTS
        for place, circle in enumerate(list(self.circles)[1:]):
            self._places[place] = circle
        self._strangers: dict[Eui64, SimulatedCircle] = {}
        self._may_join = False
        self._write: Write | None = None
        self._timers: set[Timer] = set()
        self._is_full = False
        self._power_on()

    def _power_on(self) -> None:
        self._reader = FrameReader()
        self._sequence = 0
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    # ------------------------------------------------------------------ as a module

    @override
    async def stop(self) -> None:
        """Pull the plug."""
        self.unplug()
        await super().stop()

    def plug_in(self, write: Write) -> None:
        """Serve this host from now on."""
        self._power_on()
        self._write = write

    def unplug(self) -> None:
        """Serve nobody; the network goes on."""
        self._power_on()
        self._write = None

    def restart(self) -> None:
        """Begin anew: what was asked is forgotten, and sequence numbers are counted from 0."""
        self._power_on()

    def set_full(self, *, is_full: bool) -> None:
        """Take no request, or take them again."""
        self._is_full = is_full

    def take(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
        damaged = self._reader.skipped
        for payload in self._reader.feed(octets):
            self._bus.send(HostSpoke())
            if not self._is_full:
                self._carry_out(payload)
        for _ in range(self._reader.skipped - damaged):
            self._say(self._number(), Acknowledgement(status=Status.WRONG_CRC))

    def _say(self, sequence: int, answer: Answer) -> None:
        if self._write is not None:
            self._write(framed(write_answer(sequence, answer)))

    def _number(self) -> int:
        self._sequence = (self._sequence + 1) % _NUMBERS
        return self._sequence

    # ------------------------------------------------------------------ in the house

    def bring(self, circle: SimulatedCircle) -> None:
        """Have a circle in the house that would like to be associated, and says so once it may."""
        self._strangers[circle.address] = circle
        self._invite()

    def forget(self, address: Eui64) -> bool:
        """Take a circle from the list of the Circle+; say whether it was in it."""
        if address not in self._places:
            return False
        self._places[self._places.index(address)] = None
        if address in self.circles:
            self._strangers[address] = self.circles.pop(address)
        return True

    def _invite(self) -> None:
        if self._may_join:
            for address in self._strangers:
                self._say(UNASKED.start, JoiningWanted(mac=address))

    # ------------------------------------------------------------------ requests

    def _carry_out(self, payload: str) -> None:
        sequence = self._number()
        self._say(sequence, Acknowledgement(status=Status.ACCEPTED))
        try:
            request = read_request(payload)
        except DecodeError:
            self._say(sequence, Acknowledgement(status=Status.NOT_FOUND))
            return
        device = endpoint_of(request)
        circle = None if device is None else self.circles.get(device)
        if circle is None or isinstance(request, Associate | Disassociate):
            self._by_itself(sequence, request, circle)
        else:
            self._by_circle(sequence, request, circle)

    def _later(self, seconds: float, sequence: int, answer: Answer) -> None:
        def say() -> None:
            self._timers.discard(timer)
            self._say(sequence, answer)

        timer = self._clock.call_later(seconds, say)
        self._timers.add(timer)

    def _by_circle(self, sequence: int, request: Request, circle: SimulatedCircle) -> None:
        if not circle.is_there:
            self._not_found(sequence)
            return
        try:
            answer = self._list(request) or circle.answer(request, self._clock.utc())
        except DecodeError:  # a moment or an address that there is not
            answer = None
        if answer is None:
            self._not_found(sequence)
        else:
            self._later(circle.delay, sequence, answer)

    def _not_found(self, sequence: int) -> None:
        self._later(NOT_FOUND_AFTER, sequence, Acknowledgement(status=Status.NOT_FOUND))

    def _list(self, request: Request) -> Answer | None:
        """Return what the Circle+ answers of its list; None for what is no question to it."""
        if isinstance(request, GetEndpoint) and request.mac == self._circle_plus:
            found = self._places[request.index] if request.index < ENDPOINTS else None
            mac = FREE if found is None else found
            return EndpointInfo(circle_plus=request.mac, mac=mac, index=request.index)
        if isinstance(request, RemoveEndpoint) and request.mac == self._circle_plus:
            success = int(self.forget(request.endpoint))
            return EndpointRemoved(circle_plus=request.mac, mac=request.endpoint, success=success)
        return None

    def _by_itself(self, sequence: int, request: Request, circle: SimulatedCircle | None) -> None:
        if isinstance(request, Initialise):
            self._say(sequence, self._info())
        elif isinstance(request, FindCirclePlus) and self._circle_plus is not None:
            self._may_join = bool(request.flag)
            status = Status.CIRCLE_PLUS_JOINING if request.flag else Status.CIRCLE_PLUS
            self._say(sequence, Confirmation(status=status, mac=self._circle_plus))
            self._invite()
        elif isinstance(request, Associate):
            self._associate(request)
        elif isinstance(request, GetInfo) and request.mac == self._address:
            self._say(sequence, self._own_info())
        elif circle is not None and circle.is_there and circle.address != self._circle_plus:
            del self.circles[circle.address]
            self._strangers[circle.address] = circle
            confirmation = Confirmation(status=Status.DISASSOCIATED, mac=circle.address)
            self._later(circle.delay, sequence, confirmation)
        else:
            self._not_found(sequence)

    def _info(self) -> Answer:
        if self._circle_plus is None:
            return StickAlone(mac=self._address, link_up=0)
        return StickInfo(
            mac=self._address,
            link_up=1,
            long_network_code=_NETWORK_CODE | self._circle_plus,
            short_network_code=_SHORT_NETWORK_CODE,
        )

    def _own_info(self) -> Answer:
        """Return what the stick says of itself as a device, as public implementations have it."""
        return DeviceInfo(
            mac=self._address,
            clock=MonthMinutes.of(self._clock.utc()),
            log_address=LOG_START,
            relay=0,
            frequency=FIFTY_HERTZ,
            hardware=_HARDWARE,
            build_date=BUILT,
            unknown=_IS_STICK,
        )

    def _associate(self, request: Associate) -> None:
        """Take a circle in that is in the house, if there is room for it."""
        if request.flag and request.mac in self._strangers and None in self._places:
            self.circles[request.mac] = self._strangers.pop(request.mac)
            if request.mac not in self._places:
                self._places[self._places.index(None)] = request.mac
