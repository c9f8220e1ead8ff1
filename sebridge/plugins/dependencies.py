"""Which plug-ins stand on which, and the order in which they start. Pure."""

from collections.abc import Iterable, Mapping

from sebridge.base.errors import RequestError
from sebridge.plugins.manifest import Manifest


def unmet(manifest: Manifest, installed: Mapping[str, Manifest]) -> list[str]:
    """Return what a plug-in needs and what is not installed, in words."""
    return [
        f"{needed} is not installed"
        if needed.name not in installed
        else f"{needed} is needed, and {installed[needed.name].version} is installed"
        for needed in manifest.dependencies
        if needed.name not in installed or not needed.bounds.admit(installed[needed.name].version)
    ]


def dependents(name: str, installed: Mapping[str, Manifest]) -> list[str]:
    """Return all that stand on a plug-in, also by way of others, in no order."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        below = waiting.pop()
        for other, manifest in installed.items():
            needs = {needed.name for needed in manifest.dependencies}
            if below in needs and other != name and other not in found:
                found.append(other)
                waiting.append(other)
    return found


def starting_order(wanted: Iterable[str], installed: Mapping[str, Manifest]) -> list[str]:
    """Return these and all that they stand on, each behind what it needs itself.

    RequestError where something needed is missing or too old, or where they stand on each other.
    """
    order: list[str] = []
    for name in wanted:
        _append(name, installed, order, ())
    return order


def _append(
    name: str, installed: Mapping[str, Manifest], order: list[str], above: tuple[str, ...]
) -> None:
    if name in order:
        return
    if name in above:
        circle = " > ".join((*above[above.index(name) :], name))
        raise RequestError(f"plug-ins need each other: {circle}")
    manifest = installed[name]
    problems = unmet(manifest, installed)
    if problems:
        raise RequestError(f"{name}: {'; '.join(problems)}")
    for needed in manifest.dependencies:
        _append(needed.name, installed, order, (*above, name))
    order.append(name)
