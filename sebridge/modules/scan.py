"""Find the classes in a module of the user that the gateway can make use of. Pure."""

import inspect
from types import ModuleType
from typing import Any

from sebridge.gateway.cluster import LocalCluster
from sebridge.model.record import record_name
from sebridge.model.shape import declares_fields
from sebridge.modules.class_table import Kind, KnownClass, described
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.rpc.method import is_method


def classes_of(module: ModuleType, name: str) -> dict[Kind, list[KnownClass]]:
    """Return the public classes that are written in the module itself, by their kind.

    An interface class has a method that is marked with `method`; endpoint and cluster classes
    are below EndpointClass and LocalCluster; records are below Record, or declare fields and have
    a name that ends in Record. `name` is what the module is called.
    """
    found: dict[Kind, list[KnownClass]] = {}
    for public, subject in vars(module).items():
        if public.startswith("_") or not inspect.isclass(subject):
            continue
        is_own = (subject.__module__, subject.__name__) == (module.__name__, public)
        kind = kind_of(subject) if is_own else None
        if kind is not None:
            make = None if kind == Kind.RECORD else subject
            found.setdefault(kind, []).append(described(subject, name, make=make, owner=name))
    return found


def kind_of(subject: type[Any]) -> Kind | None:
    """Return what a class is to the gateway; None if it is nothing."""
    if issubclass(subject, EndpointClass):
        return Kind.ENDPOINT
    if issubclass(subject, LocalCluster):
        return Kind.CLUSTER
    if declares_fields(subject) and record_name(subject) is not None:
        return Kind.RECORD
    return Kind.INTERFACE if any(is_method(item) for item in vars(subject).values()) else None
