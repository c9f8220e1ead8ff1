"""Record: a set of named fields, declared once for the air, callers, storage and documents."""

from collections.abc import Mapping
import inspect
from types import ModuleType
from typing import Any, ClassVar, Self

import msgspec
from typing_extensions import dataclass_transform

from sebridge.model.data_types import PresentIf
from sebridge.model.octets import read_record, write_record
from sebridge.model.shape import Payload


class _RecordMeta(msgspec.StructMeta):
    """Makes all records alike: their fields are given by name, and cannot be changed."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> Any:
        # what cannot be changed cannot refer to itself, so the garbage collector may pass it by
        alike = {"kw_only": True, "frozen": True, "gc": False}
        return super().__new__(cls, name, bases, namespace, **alike | options)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record(Payload, frozen=True, kw_only=True, metaclass=_RecordMeta):
    """The payload of a command, or an item of a list in one.

    The type of a field is one of `model.data_types`, a record, or a tuple of these. A field of the
    type `X | None` may be left off by an older peer: then it is None, and so are all behind it
    (rule GEN-11). Its default is what holds for a caller who does not give it. One of PRESENT_IF
    is there if, and only if, the field before it says so.
    """

    RECORD_NAME: ClassVar[str] = ""  # the name for RPC callers, where it is not that of the class
    OTHER_NAMES: ClassVar[Mapping[str, str]] = {}  # spellings also accepted from RPC callers
    UNUSED: ClassVar[Mapping[str, int]] = {}  # what a field without a value is on air, if not 0
    PRESENT_IF: ClassVar[Mapping[str, PresentIf]] = {}  # of fields that others say to be there
    OLDER_FORMS: ClassVar[Mapping[int, "type[Record]"]] = {}  # by their length in octets

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return msgspec.structs.replace(self, **changes)

    def with_defaults(self) -> Self:
        """Return a copy in which what the peer left off has its default."""
        given = {name: value for name, value in fields_by_name(self).items() if value is not None}
        return type(self)(**given)

    def meaning(self, name: str) -> str:
        """Return what a field means to people, where that takes more than the field; else ""."""
        del name
        return ""

    def serialize(self) -> bytes:
        """Return the payload; ValueError for a value that its field cannot hold.

        It is one, too, where a field is given, or not, against what another says of it.
        No field is left off before one that is given.
        """
        return write_record(self)

    @classmethod
    def deserialize(cls, payload: bytes) -> Self:
        """Read a payload; raise DecodeError with the octet at which it went wrong.

        A payload whose length is that of an older edition's form becomes that form's record.
        """
        return cls.deserialize_with_rest(payload)[0]

    @classmethod
    def deserialize_with_rest(cls, payload: bytes) -> tuple[Self, bytes]:
        """Read a payload as `deserialize` does; return with it the octets behind the last field.

        Octets behind the last known field are those of a newer peer (rule GEN-11).
        """
        form: Any = cls.OLDER_FORMS.get(len(payload), cls)
        return read_record(form, payload)


fields_by_name = msgspec.structs.asdict
"""Return the fields of a record by name, those left off as None."""


def records_of(module: ModuleType) -> tuple[type[Any], ...]:
    """Return the classes of a module that go by their own names as records, as they are written."""
    return tuple(
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and kind.__module__ == module.__name__
        and record_name(kind) == kind.__name__
    )


def record_name(kind: type) -> str | None:
    """Return the name under which the RPC reference knows this class as a record; None if not.

    A class with a RECORD_NAME goes by that name: it refines a record which callers know.
    """
    if issubclass(kind, Record) or kind.__name__.endswith(("Record", "_rsp")):
        return getattr(kind, "RECORD_NAME", "") or kind.__name__
    return None
