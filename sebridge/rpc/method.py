"""@method: an RPC method is a Python method. Name, annotations and docstring are its interface."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import inspect
from typing import Any, TypeVar, get_type_hints

from sebridge.base.errors import ParameterError
from sebridge.base.values import plain, typed

_MARK = "__rpc_method__"

F = TypeVar("F", bound=Callable[..., Awaitable[object]])


def method(function: F) -> F:
    """Mark a coroutine method as callable by RPC under its own name.

    Its parameters are read from plain values by their annotations; a default makes a parameter
    optional, and ABSENT as default tells "not given" from None. It returns a dataclass, whose
    fields are the response; those that are ABSENT are left out.
    """
    setattr(function, _MARK, True)
    return function


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method."""

    name: str
    kind: Any
    default: Any  # inspect.Parameter.empty when it must be given

    @property
    def required(self) -> bool:
        """Say whether a call without it is an error."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Method:
    """A method that callers may call, with what `help` tells of it."""

    name: str
    module: str
    description: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., Awaitable[object]]

    async def invoke(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the plain result; raise ParameterError for what cannot be a parameter."""
        result: dict[str, Any] = plain(await self.call(**self._read(params)))
        return result

    def _read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in params:
            if name not in known:
                raise ParameterError(name, f"{self.name} has no such parameter")
        for parameter in self.parameters:
            if parameter.required and parameter.name not in params:
                raise ParameterError(parameter.name, "is missing")
        return {name: typed(known[name].kind, value, name) for name, value in params.items()}


def methods_of(chapter: object) -> list[Method]:
    """Return the marked methods of an object, in the order in which they are written."""
    found = []
    for name, function in vars(type(chapter)).items():
        if getattr(function, _MARK, False):
            found.append(_method(name, function, getattr(chapter, name)))
    return found


def _method(name: str, function: Callable[..., Any], bound: Callable[..., Any]) -> Method:
    hints = get_type_hints(function)
    parameters = tuple(
        Parameter(parameter.name, hints[parameter.name], parameter.default)
        for parameter in inspect.signature(bound).parameters.values()
    )
    description = inspect.cleandoc(function.__doc__ or "")
    return Method(name, function.__module__.rpartition(".")[2], description, parameters, bound)
