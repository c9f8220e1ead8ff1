"""Which classes are known, and which names are taken."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.modules.class_table import ClassTable, Kind, KnownClass, described
from tests.modules.user_code import AnyEndpoint, built_in

GARDEN = KnownClass("Garden", "garden", "Waters.", make=object, owner="garden")


@pytest.fixture
def table() -> ClassTable:
    return ClassTable(built_in())


def test_classes_of_modules_stand_behind_those_that_are_built_in(table: ClassTable) -> None:
    table.add({Kind.INTERFACE: [GARDEN]})

    assert [known.name for known in table.all(Kind.INTERFACE)] == ["RPC_SE_Interface", "Garden"]
    assert table.find(Kind.INTERFACE, "Garden") is GARDEN
    assert [known.is_built_in for known in table.all(Kind.INTERFACE)] == [True, False]
    assert table.of("garden", Kind.INTERFACE) == [GARDEN]


def test_a_class_is_known_by_its_kind_only(table: ClassTable) -> None:
    table.add({Kind.INTERFACE: [GARDEN]})

    assert table.get(Kind.CLUSTER, "Garden") is None
    with pytest.raises(ParameterError, match="cluster_class: there is no cluster class 'Garden'"):
        table.find(Kind.CLUSTER, "Garden")


def test_a_very_long_name_is_shown_in_part(table: ClassTable) -> None:
    with pytest.raises(ParameterError) as refusal:
        table.find(Kind.RECORD, "x" * 10_000)

    assert len(str(refusal.value)) < 100


def test_a_name_that_is_taken_clashes(table: ClassTable) -> None:
    found = {Kind.INTERFACE: [KnownClass("RPC_SE_Interface", "mine", "", owner="mine"), GARDEN]}

    assert table.clashes(found) == ["the interface class RPC_SE_Interface is there already"]


def test_the_classes_of_a_module_go_with_it(table: ClassTable) -> None:
    table.add({Kind.INTERFACE: [GARDEN]})

    table.remove("garden")

    assert [known.name for known in table.all(Kind.INTERFACE)] == ["RPC_SE_Interface"]


def test_a_class_is_described_by_its_own_docstring() -> None:
    class Silent(AnyEndpoint):
        pass

    assert described(AnyEndpoint, "here").description == "An endpoint without defaults."
    assert described(Silent, "here").description == ""
