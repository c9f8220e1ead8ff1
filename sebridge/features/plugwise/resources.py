"""The circles by REST: what each path does. Data only."""

from typing import Final

from sebridge.rpc.resource import Resource

_CIRCLES: Final = "/rest/circles"
_CIRCLE: Final = f"{_CIRCLES}/{{circle_address}}"
_POWER: Final = ("power", "on", "energy_in", "energy_out")

RESOURCES: Final = (
    Resource(verb="GET", path=_CIRCLES, method="list_circles"),
    Resource(verb="POST", path=_CIRCLES, method="add_circle"),
    Resource(verb="GET", path=_CIRCLE, method="get_circle"),
    Resource(verb="DELETE", path=_CIRCLE, method="remove_circle"),
    Resource(verb="GET", path=f"{_CIRCLE}/power", method="get_circle", fields=_POWER),
    Resource(verb="PUT", path=f"{_CIRCLE}/relay", method="switch_circle"),
    Resource(verb="GET", path=f"{_CIRCLE}/history", method="get_circle_history"),
    Resource(verb="GET", path=f"{_CIRCLE}/calibration", method="calibrate_circle"),
)
