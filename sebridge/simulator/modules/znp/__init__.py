"""A coordinator of Texas Instruments: Z-Stack 3 on a CC2652, as its host sees it over ZNP.

Source of all below: Texas Instruments, Z-Stack Monitor and Test API.
"""
