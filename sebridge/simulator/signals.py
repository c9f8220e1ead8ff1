"""What is told of the simulated house."""

import msgspec


class SimulatedHouseChanged(msgspec.Struct, frozen=True):
    """Somebody in the house would see something else of its devices, its air or its time now."""
