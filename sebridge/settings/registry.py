"""The registry: settings that RPC may change while the bridge runs, and that survive."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
import logging
from typing import Any, TypeVar

from sebridge.base.errors import ParameterError, RefusedError
from sebridge.base.signals import SignalBus
from sebridge.settings.entries import ENTRIES, Entry, Value, find
from sebridge.settings.signals import SettingChanged

_LOGGER = logging.getLogger(__name__)

V = TypeVar("V", bool, int, str)


class Registry:
    """Values by entry for those who use them, by name for RPC.

    A setting has the value that was set; else the one of `configured`, the configuration file;
    else the default of its entry. The store keeps only what was set, under the main name.
    """

    def __init__(
        self,
        store: MutableMapping[str, Any],
        bus: SignalBus,
        configured: Mapping[str, Any] | None = None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._configured = {
            find(name).name: find(name).convert(value) for name, value in (configured or {}).items()
        }
        self._values: dict[str, Any] = {}
        self._lent: dict[str, str] = {}  # to whom
        for entry in ENTRIES:
            self._values[entry.name] = self._initial(entry)

    def __getitem__(self, entry: Entry[V]) -> V:
        """Return the value of an entry of the table: `registry[entries.REFRESH_INTERVAL]`."""
        value: V = self._values[entry.name]
        return value

    def reader(self, entry: Entry[V]) -> Callable[[], V]:
        """Return a function that gives the present value, for a part that knows no registry."""
        values, name = self._values, entry.name
        return lambda: values[name]

    def get(self, name: str) -> Value:
        """Return a setting by name; ParameterError when there is none."""
        value: Value = self._values[find(name).name]
        return value

    def set(self, name: str, value: object) -> None:
        """Set a setting by name, and send SettingChanged when that changes it.

        None sets the default of the reference. ParameterError when there is no such setting or
        the value is not one that it may have, RefusedError while another one is lent.
        """
        entry = find(name)
        self._check_own(entry)
        try:
            new = entry.convert(value)
        except ParameterError as error:
            raise ParameterError("value", error.problem) from error
        self._store[entry.name] = new
        self._change(entry, new)

    def lend(self, values: Mapping[str, object], to: str) -> Callable[[], None]:
        """Have these settings other values until what is returned is called.

        `to` is said to those who would set them meanwhile. All or none: ParameterError and
        RefusedError as of `set`.
        """
        lent: dict[Entry[Any], Value] = {}
        for name, value in values.items():
            entry = find(name)
            self._check_own(entry)
            try:
                lent[entry] = entry.convert(value)
            except ParameterError as error:
                raise ParameterError(name, error.problem) from error
        for entry, new in lent.items():
            self._lent[entry.name] = to
            self._change(entry, new)

        def take_back() -> None:
            for entry in lent:
                del self._lent[entry.name]
                self._change(entry, self._initial(entry))

        return take_back

    def _check_own(self, entry: Entry[Any]) -> None:
        if entry.name in self._lent:
            raise RefusedError(f"{entry.name} is that of {self._lent[entry.name]} while it runs")

    def _change(self, entry: Entry[Any], new: Value) -> None:
        if new != self._values[entry.name]:
            self._values[entry.name] = new
            self._bus.send(SettingChanged(entry.name, new))

    def described(self) -> Iterator[tuple[str, Value, str]]:
        """Yield name, value and help of each setting, once for each of its names."""
        for entry in ENTRIES:
            for name in entry.names:
                yield name, self._values[entry.name], entry.help

    def _initial(self, entry: Entry[Any]) -> Value:
        """Return what was set, unless another version of the bridge allowed what this does not."""
        value: Value = self._configured.get(entry.name, entry.default)
        if entry.name in self._store:
            try:
                value = entry.convert(self._store[entry.name])
            except ParameterError as error:
                _LOGGER.warning("%s is %s: the stored value %s", entry.name, value, error)
        return value
