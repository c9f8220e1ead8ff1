"""Saved files into what is kept, and out of it."""

from pathlib import Path
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError
from sebridge.cli.saved_file_transfer import (
    Kept,
    check,
    read_directory,
    summary,
    warnings_of,
    write_directory,
)
from sebridge.network.known_device import KnownDevice
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.settings.saved_files import SavedFiles

METER = Eui64.parse("00:13:a2:00:40:11:22:33")
LAMP = AddedEndpoint(endpoint_class="Lamp", endpoint_id=2, profile_id=0x0104)
ON_OFF = AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=2, server_or_client=1, cluster_id=6)
SAVED = SavedFiles(
    registry={"RPC_Manager.use_push": True, "RPC_Manager.use_timestamps": None},
    devices=(METER,),
    modules=("garden",),
    interfaces=("Garden",),
    endpoints=(LAMP,),
    clusters=(ON_OFF,),
)


@pytest.fixture
def kept() -> Kept:
    collections: dict[str, dict[Any, Any]] = {}
    return Kept.by(lambda name, _key, _value: collections.setdefault(name, {}))


def test_what_was_taken_is_what_is_saved(kept: Kept) -> None:
    kept.take(SAVED)
    kept.take(SAVED)

    assert kept.saved() == SAVED


def test_what_is_kept_already_stays(kept: Kept) -> None:
    known = KnownDevice(eui64=METER, name="Main meter")
    kept.devices[METER] = known
    kept.additions.modules["zoo"] = True
    kept.registry["RPC_Manager.use_push"] = False

    kept.take(SAVED)

    assert kept.devices == {METER: known}
    assert list(kept.additions.modules) == ["zoo", "garden"]
    assert kept.registry["RPC_Manager.use_push"] is True


def test_a_contradiction_to_what_is_kept_is_told(kept: Kept) -> None:
    kept.take(SavedFiles(endpoints=(AddedEndpoint(endpoint_class="Other", endpoint_id=2),)))

    with pytest.raises(
        ConfigError, match=r"endpoints\.ini: the database has another endpoint 0x02"
    ):
        check(SAVED, kept)


def test_more_than_there_is_room_for_is_told(kept: Kept) -> None:
    devices = tuple(Eui64(number) for number in range(1, 4098))
    names = tuple(f"n{number}" for number in range(241))

    with pytest.raises(ConfigError) as refusal:
        check(SavedFiles(devices=devices, modules=names, interfaces=names), kept)

    files = [problem.partition(":")[0] for problem in refusal.value.problems]
    assert files == ["devices.ini", "modules.ini", "interfaces.ini"]


def test_what_fits_is_not_complained_of(kept: Kept) -> None:
    kept.take(SAVED)

    check(SAVED, kept)

    assert warnings_of(SavedFiles(modules=("RPC_SE_Interface",)), None) == []


def test_what_has_no_effect_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "garden.py").touch()
    saved = SavedFiles(
        modules=("garden", "zoo"),
        endpoints=(AddedEndpoint(endpoint_class="SE_EnergyServicePortal", endpoint_id=0x5E),),
        clusters=(ON_OFF, AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=0x5E)),
    )

    assert warnings_of(saved, tmp_path) == [
        f"modules.ini: zoo is not loaded until {tmp_path} has zoo.py",
        "endpoints.ini: endpoint 0x5E is part of the gateway, and stays as it is",
        "clusters.ini: no line of endpoints.ini has endpoint 0x02",
    ]
    assert "modules.ini: zoo is not loaded: modules.directory is not configured" in (
        warnings_of(saved, None)
    )


def test_each_file_is_counted() -> None:
    assert list(summary(SAVED))[:2] == ["registry_settings.ini: 2", "devices.ini: 1"]


# ------------------------------------------------------------------ directories


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_directory(tmp_path / "new" / "folder", SAVED)

    assert read_directory(tmp_path / "new" / "folder") == SAVED


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "devices.ini").write_text("mine")

    with pytest.raises(ConfigError, match=r"devices\.ini exists already"):
        write_directory(tmp_path, SAVED)

    assert [path.name for path in tmp_path.iterdir()] == ["devices.ini"]


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="cannot be written: Not a directory"):
        write_directory(tmp_path / "file" / "below", SAVED)


def test_a_directory_without_any_of_the_files_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has none of the files"):
        read_directory(tmp_path)


def test_all_that_cannot_be_read_is_told_with_all_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "devices.ini").mkdir()
    (tmp_path / "modules.ini").write_bytes(b"abc\xff")
    (tmp_path / "interfaces.ini").write_bytes(b"#" * 300_000)
    (tmp_path / "endpoints.ini").write_text("Lamp")

    with pytest.raises(ConfigError) as refusal:
        read_directory(tmp_path)

    assert list(refusal.value.problems) == [
        "devices.ini cannot be read: Is a directory",
        "modules.ini is not UTF-8 text (octet 3)",
        "interfaces.ini is longer than 256 KiB",
        "endpoints.ini (line 1): has 1 columns, not 2 to 5",
    ]
