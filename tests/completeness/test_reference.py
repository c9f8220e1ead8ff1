"""All that the code declares is as the RPC reference has it, or differs where a table says why."""

from typing import Final

import pytest

from tests.completeness import declared, reference
from tests.completeness.differences import DIFFERENCES, NOTHING
from tests.completeness.reference import Facts, Key

OURS: Final = declared.facts()
THEIRS: Final = reference.facts()
IN_BOTH: Final = {subject for subject, _, _ in OURS} & {subject for subject, _, _ in THEIRS}


def _is_compared(key: Key) -> bool:
    """Say whether a fact counts: of a subject that one side alone has, only that it is there."""
    subject, part, name = key
    return subject in IN_BOTH or (not name and part != "response")


def _differing(subject: str) -> Facts:
    """Return what our code says of a subject where the reference says something else."""
    keys = {key for key in OURS | THEIRS if key[0] == subject and _is_compared(key)}
    return {
        key: OURS.get(key, NOTHING)
        for key in sorted(keys)
        if OURS.get(key, NOTHING) != THEIRS.get(key, NOTHING)
    }


def _explained(subject: str) -> Facts:
    return {key: difference.ours for key, difference in DIFFERENCES.items() if key[0] == subject}


def _check(subject: str) -> None:
    assert _differing(subject) == _explained(subject), (
        f"{subject} differs otherwise than tests/completeness/differences.py says;"
        f" the reference: { {key: THEIRS.get(key, NOTHING) for key in _differing(subject)} }"
    )


@pytest.mark.parametrize("name", sorted({*declared.METHODS, *reference.REQUESTS}))
def test_a_method_is_that_of_the_reference(name: str) -> None:
    _check(name)


@pytest.mark.parametrize("name", sorted({*declared.NOTIFICATIONS, *reference.NOTIFICATIONS}))
def test_a_message_is_that_of_the_reference(name: str) -> None:
    _check(name)


@pytest.mark.parametrize("name", sorted({*declared.RECORDS, *reference.RECORDS}))
def test_a_record_is_that_of_the_reference(name: str) -> None:
    _check(name)


def test_the_settings_are_those_of_the_reference() -> None:
    _check("registry")


def test_the_reference_is_whole() -> None:
    kinds = (reference.REQUESTS, reference.NOTIFICATIONS, reference.RECORDS, reference.SETTINGS)

    assert [len(kind) for kind in kinds] == [70, 14, 28, 26]


def test_every_difference_is_about_something_that_is_known() -> None:
    known = {subject for subject, _, _ in OURS | THEIRS}

    assert {subject for subject, _, _ in DIFFERENCES} <= known
    assert all(difference.reason for difference in DIFFERENCES.values())


@pytest.mark.parametrize("name", sorted(declared.METHODS))
def test_every_method_explains_itself(name: str) -> None:
    assert len(declared.METHODS[name].description) > 20


@pytest.mark.parametrize(
    "name", sorted(name for name, entry in reference.REQUESTS.items() if "interface" in entry)
)
def test_a_method_is_of_the_interface_of_the_reference(name: str) -> None:
    assert declared.METHODS[name].interface == reference.REQUESTS[name]["interface"]
