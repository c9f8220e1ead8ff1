"""Texas Instruments sticks: Z-Stack over ZNP, through zigpy-znp."""
