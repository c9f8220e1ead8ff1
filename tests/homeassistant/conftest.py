"""Home Assistant's rules, stated a second time and by others' means."""

from collections.abc import Callable, Mapping
import json
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.homeassistant.house import REFERENCE

Accepts = Callable[[Mapping[str, Any]], bool]


@pytest.fixture(scope="session")
def accepts() -> Accepts:
    """Return a check of a payload by the published rules alone."""
    rules = json.loads(REFERENCE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(rules)
    validator = Draft202012Validator(rules)
    return lambda payload: bool(validator.is_valid(payload))
