"""What was added survives on the disk, in its order."""

from pathlib import Path

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import FullError
from sebridge.modules.additions_store import MOST_ADDED, AdditionsStore, check_room
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.storage.database import Database

LAMP = AddedEndpoint(endpoint_class="Lamp", endpoint_id=2, profile_id=0x0104)
FIRST = AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=2, enable_APS_encryption=False)
SECOND = AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=2, cluster_id=6)


async def test_everything_comes_back_from_the_disk_in_its_order(tmp_path: Path) -> None:
    database = Database(tmp_path / "data.db", SystemClock())
    await database.open()
    store = AdditionsStore.kept_by(database.collection)
    store.modules.update({"zoo": True, "garden": True})
    store.interfaces["Garden"] = True
    store.endpoints[2] = LAMP
    turns = [store.append_cluster(FIRST), store.append_cluster(SECOND)]
    await database.close()

    again = Database(tmp_path / "data.db", SystemClock())
    await again.open()
    read = AdditionsStore.kept_by(again.collection)

    assert list(read.modules) == ["zoo", "garden"]
    assert list(read.interfaces) == ["Garden"]
    assert dict(read.endpoints) == {2: LAMP}
    assert dict(read.clusters) == dict(zip(turns, (FIRST, SECOND), strict=True))
    await again.close()


async def test_what_interfaces_keep_comes_back_from_the_disk(tmp_path: Path) -> None:
    path, kind = tmp_path / "data.db", tuple[str, str]
    database = Database(path, SystemClock())
    await database.open()
    database.collection("module_store", kind, object)["Garden", "beds"] = {"roses": [1, 2.5, None]}
    await database.close()

    again = Database(path, SystemClock())
    await again.open()

    assert dict(again.collection("module_store", kind, object)) == {
        ("Garden", "beds"): {"roses": [1, 2.5, None]}
    }
    await again.close()


def test_a_later_cluster_stands_behind_one_that_was_removed_before_it() -> None:
    store = AdditionsStore({}, {}, {}, {})
    store.append_cluster(FIRST)
    last = store.append_cluster(SECOND)
    del store.clusters[last - 1]

    store.append_cluster(FIRST)

    assert list(store.clusters.values()) == [SECOND, FIRST]


def test_there_is_an_end_to_what_can_be_added() -> None:
    check_room(range(MOST_ADDED - 1))

    with pytest.raises(FullError, match="no room for more than"):
        check_room(range(MOST_ADDED))
