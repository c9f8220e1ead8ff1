"""The curve of prices in what an entity of Home Assistant says of itself. Pure."""

from sebridge.homeassistant.entity_state import EntityState
from sebridge.rpc.json_codec import dump


def curve_of(state: EntityState, attribute: str | None) -> bytes:
    """Return it as a document of `curve_shapes`: of one attribute, or of those that it finds."""
    told = state.attributes
    if attribute is not None:
        told = {attribute: told.get(attribute)}
    return dump({"attributes": dict(told)})
