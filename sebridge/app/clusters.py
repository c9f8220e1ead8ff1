"""The clusters of all features, by id, for who needs nothing else of them: `decode` starts fast."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
import pkgutil
from typing import Final

from sebridge import features
from sebridge.zcl.cluster import ClusterDefinition, Clusters, table_of


def _declared() -> Iterator[ClusterDefinition]:
    for folder in pkgutil.iter_modules(features.__path__, f"{features.__name__}."):
        if find_spec(f"{folder.name}.records") is not None:
            for value in vars(import_module(f"{folder.name}.records")).values():
                if isinstance(value, ClusterDefinition):
                    yield value


CLUSTERS: Final[Clusters] = table_of(_declared())
