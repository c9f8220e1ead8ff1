"""@method: an RPC method is a Python method. Name, annotations and docstring are its interface."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
import inspect
from typing import Any, Final, TypeVar, get_type_hints, overload

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.base.suggestion import suggestion
from sebridge.model.plain import Reader, below, reader_of
from sebridge.rpc.message import Caller, Scope

GENERAL_INTERFACE: Final = "RPC_General_Interface"
ZCL_INTERFACE: Final = "RPC_ZCL_Interface"
SE_INTERFACE: Final = "RPC_SE_Interface"
BUILT_IN_INTERFACES: Final = (GENERAL_INTERFACE, ZCL_INTERFACE, SE_INTERFACE)
"""The groups that the first gateways had their methods in, each a module of that name there."""
PLUGIN_INTERFACE: Final = "Plug-in Manager"
"""The group of methods for plug-ins, in later gateways."""
SIMULATOR_INTERFACE: Final = "Simulator"
"""The group of methods that are there only where there is a simulated house."""

_MARK = "__rpc_method__"
_DECLARED = "__rpc_declaration__"
_INTERFACE = "rpc_interface"

F = TypeVar("F", bound=Callable[..., Awaitable[object]])

Needs = Callable[[Any, Mapping[str, Any]], Scope]
"""Which scope a call needs, by the object with the method and the arguments that it gets."""


@overload
def method(function: F) -> F: ...


@overload
def method(*, scope: Scope = ..., needs: Needs | None = ...) -> Callable[[F], F]: ...


def method(
    function: F | None = None, *, scope: Scope = Scope.COMMAND, needs: Needs | None = None
) -> Any:
    """Mark a coroutine method as callable by RPC under its own name, for callers of a scope.

    Where some calls need more than others, `needs` says which scope a call needs besides.
    Its parameters are read from plain values by their annotations; a default makes a parameter
    optional, and ABSENT as default tells "not given" from None. One that is annotated as Caller is
    no parameter: the method is told there who calls. `**name` takes all parameters
    that are not declared, for methods whose parameters' names carry values. It returns a
    dataclass, whose fields are the response; those that are ABSENT are left out.
    """

    def mark(function: F) -> F:
        setattr(function, _MARK, (scope, needs))
        return function

    return mark if function is None else mark(function)


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a method."""

    name: str
    kind: Any
    default: Any  # inspect.Parameter.empty when it must be given
    read: Reader
    """Returns a plain value as `kind`, or raises ParameterError."""

    @property
    def required(self) -> bool:
        """Say whether a call without it is an error."""
        return self.default is inspect.Parameter.empty


def anything(name: str) -> Parameter:
    """Return a parameter that takes any plain value, as it is."""
    return Parameter(name, Any, inspect.Parameter.empty, reader_of(Any))


class Method(msgspec.Struct, frozen=True):
    """A method that callers may call, with what `help` tells of it.

    `interface` is the group that it is listed in.
    """

    name: str
    interface: str
    module: str
    description: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., Awaitable[object]]
    scope: Scope
    needs: Callable[[Mapping[str, Any]], Scope] | None = None
    """Which scope a call needs besides, for its arguments."""
    others: Parameter | None = None
    """What all parameters are that are not among `parameters`; None allows no others."""
    told_caller: str | None = None
    """By which name it is told who calls; None where it does not ask."""

    @property
    def response(self) -> Any:
        """The type of what it answers with, as a rule a dataclass; None where it does not say."""
        return get_type_hints(self.call, include_extras=True).get("return")

    def arguments(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the method is called with; ParameterError for what cannot be a parameter."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for parameter in self.parameters:
            if parameter.required and parameter.name not in params:
                raise ParameterError(parameter.name, "is missing")
        return {
            name: _read(self._declared(name, known), name, value) for name, value in params.items()
        }

    def _declared(self, name: str, known: Mapping[str, Parameter]) -> Parameter:
        parameter = known.get(name, self.others)
        if parameter is None:
            meant = suggestion(name, known)
            raise ParameterError(name, f"{self.name} has no such parameter{meant}")
        return parameter


def _read(parameter: Parameter, name: str, value: Any) -> Any:
    try:
        return parameter.read(value)
    except ParameterError as error:
        raise below(name, error) from error.__cause__


def is_method(function: object) -> bool:
    """Say whether something is marked as a method."""
    return getattr(function, _MARK, None) is not None


def methods_of(group: object) -> list[Method]:
    """Return the marked methods of an object, in the order in which they are written.

    They are of the interface that its class names as `rpc_interface`; a class of the user is one.
    """
    return [
        _method(name, function, group)
        for name, function in vars(type(group)).items()
        if is_method(function)
    ]


def _method(name: str, function: Callable[..., Any], group: object) -> Method:
    scope, needs = getattr(function, _MARK)
    declared = _declaration_of(function)
    return Method(
        name=name,
        interface=getattr(type(group), _INTERFACE, type(group).__name__),
        module=function.__module__.rpartition(".")[2],
        description=declared.description,
        parameters=declared.parameters,
        call=getattr(group, name),
        scope=scope,
        needs=None if needs is None else partial(needs, group),
        others=declared.others,
        told_caller=declared.told_caller,
    )


class _Declaration(msgspec.Struct, frozen=True):
    """What a function says of itself, whichever object it is a method of."""

    description: str
    parameters: tuple[Parameter, ...]
    others: Parameter | None
    told_caller: str | None


def _declaration_of(function: Callable[..., Any]) -> _Declaration:
    """Return what a function says; it is read once, as compiling its readers takes its time."""
    declared: _Declaration | None = getattr(function, _DECLARED, None)
    if declared is None:
        declared = _read_declaration(function)
        setattr(function, _DECLARED, declared)
    return declared


def _read_declaration(function: Callable[..., Any]) -> _Declaration:
    hints = get_type_hints(function, include_extras=True)
    parameters, others, told_caller = [], None, None
    _itself, *given_ones = inspect.signature(function).parameters.values()
    for given in given_ones:
        kind = hints[given.name]
        if kind is Caller:
            told_caller = given.name
            continue
        parameter = Parameter(given.name, kind, given.default, reader_of(kind))
        if given.kind is inspect.Parameter.VAR_KEYWORD:
            others = parameter
        else:
            parameters.append(parameter)
    return _Declaration(
        inspect.cleandoc(function.__doc__ or ""), tuple(parameters), others, told_caller
    )
