"""The frames of the command reference, as tests ask for them."""

import json
from pathlib import Path
from typing import Any

_DOCUMENT = json.loads(
    (Path(__file__).parents[1] / "reference" / "plugwise_vectors.json").read_text()
)
VECTORS: list[dict[str, Any]] = _DOCUMENT["vectors"]
PULSE_EXAMPLES: dict[str, Any] = _DOCUMENT["meta"]["pulse_examples"]


def answers_of(vector: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the frames with which a stick answered, without stray octets."""
    return [answer for answer in vector["responses"] if answer["kind"] != "stray"]


ANSWERS = [answer for vector in VECTORS for answer in answers_of(vector)]
REQUESTS = {v["id"]: v for v in VECTORS if v["command"] != "AA77"}
"""What is asked, but for the command that does not exist."""
