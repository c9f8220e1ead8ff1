"""Local attributes: what our own clusters show to those who read them."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from sebridge.base.errors import UnsupportedAttributeError
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status


class LocalAttribute(msgspec.Struct, frozen=True):
    """One attribute: its ZCL data type, its plain value or what gives it, and who may write it.

    A `writable` one may be written over the air and by callers of ours, one that is `writable_here`
    by these only. A number must not be below `lowest` or above `highest`, nor a text longer than
    `longest` octets. What is written is kept in the store, or handed to `written` if given. What is
    not `reportable` can only be read. The "no value" of its type (None) may be written where it
    `may_be_nothing`.
    """

    attribute_id: int
    attribute_type: int
    value: Any | Callable[[], Any]
    writable: bool = False
    writable_here: bool = False
    may_be_nothing: bool = False
    lowest: int | None = None
    highest: int | None = None
    longest: int | None = None
    written: Callable[[Any], object] | None = None
    reportable: bool = True


class LocalAttributes:
    """The attributes of one local cluster.

    `store` keeps what was written, under the attribute's id; hand in a power-safe one where the
    attributes are declared so.
    """

    def __init__(
        self,
        attributes: Iterable[LocalAttribute] = (),
        store: MutableMapping[int, Any] | None = None,
    ) -> None:
        self._attributes = {attribute.attribute_id: attribute for attribute in attributes}
        self._store: MutableMapping[int, Any] = {} if store is None else store

    def read(self, attribute_id: int) -> AttributeValue:
        """Return the value; raise UnsupportedAttributeError when there is no such attribute."""
        attribute = self._find(attribute_id)
        value = self._store.get(attribute_id, attribute.value)
        value = value() if callable(value) else value
        raw = write_value(attribute.attribute_type, value)
        return AttributeValue(attribute_id, attribute.attribute_type, value, raw)

    def check_write(self, value: AttributeValue, *, over_the_air: bool) -> Status:
        """Say what would become of writing this value, over the air or by a caller of ours."""
        try:
            attribute = self._find(value.attribute_id)
        except UnsupportedAttributeError as error:
            return zcl_status(error)
        if not (attribute.writable or (attribute.writable_here and not over_the_air)):
            return Status.READ_ONLY
        if value.attribute_type != attribute.attribute_type:
            return Status.INVALID_DATA_TYPE
        return Status.SUCCESS if _may_be(attribute, value.value) else Status.INVALID_VALUE

    def set(self, attribute_id: int, value: Any) -> None:
        """Give an attribute a plain value."""
        attribute = self._find(attribute_id)
        if attribute.written is not None:
            attribute.written(value)
        else:
            self._store[attribute_id] = value

    def show(self, attributes: Iterable[LocalAttribute]) -> None:
        """Show attributes that were not there, or that have new values."""
        self._attributes |= {attribute.attribute_id: attribute for attribute in attributes}

    def is_reportable(self, attribute_id: int) -> bool:
        """Say whether an attribute that is there may be reported."""
        return self._find(attribute_id).reportable

    def types(self) -> list[tuple[int, int]]:
        """Return attribute id and data type of all attributes, in the order of their ids."""
        return sorted((a.attribute_id, a.attribute_type) for a in self._attributes.values())

    def _find(self, attribute_id: int) -> LocalAttribute:
        try:
            return self._attributes[attribute_id]
        except KeyError:
            raise UnsupportedAttributeError(f"no attribute 0x{attribute_id:04X}") from None


def _may_be(attribute: LocalAttribute, value: Any) -> bool:
    """Say whether an attribute may have a value that somebody writes."""
    if value is None:
        return attribute.may_be_nothing
    if attribute.lowest is not None and int(value) < attribute.lowest:
        return False
    if attribute.highest is not None and int(value) > attribute.highest:
        return False
    return attribute.longest is None or len(str(value).encode()) <= attribute.longest
