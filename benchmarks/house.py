"""The house in figures: how many modules, how long, how entangled. No clock, so no noise."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import grimp

PACKAGE: Final = "sebridge"
_ROOT: Final = Path(__file__).resolve().parent.parent


def lengths() -> list[int]:
    """Return how many lines each module has."""
    return [
        len(file.read_text().splitlines())
        for file in sorted((_ROOT / PACKAGE).rglob("*.py"))
        if file.name != "__init__.py"
    ]


def largest_circle(imports: Mapping[str, Iterable[str]]) -> int:
    """Return how many modules the largest circle of imports has; 0 without one."""
    reached = {module: _reachable(module, imports) for module in imports}
    circles = [
        sum(module in reached[other] for other in reached[module])
        for module in imports
        if module in reached[module]
    ]
    return max(circles, default=0)


def _reachable(start: str, imports: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(imports[start])
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += imports[module]
    return found


def arrows_of(imports: Mapping[str, Iterable[str]]) -> tuple[int, int]:
    """Return how many imports there are between modules, and how many between packages."""
    between = [(module, other) for module, others in imports.items() for other in others]
    packages = {(_package(one), _package(other)) for one, other in between}
    return len(between), sum(one != other for one, other in packages)


def _package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else PACKAGE


def main() -> None:
    """Print the figures."""
    graph = grimp.build_graph(PACKAGE)
    imports = {
        module: sorted(graph.find_modules_directly_imported_by(module)) for module in graph.modules
    }
    long = sorted(lengths())
    arrows, between_packages = arrows_of(imports)
    print(f"modules: {len(long)}")
    print(f"lines of a module: median {median(long):.0f}, p90 {quantiles(long, n=10)[-1]:.0f}")
    print(f"largest circle of imports: {largest_circle(imports)}")
    print(f"arrows: {arrows} between modules, {between_packages} between packages")


if __name__ == "__main__":
    main()
