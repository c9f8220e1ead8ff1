"""An emulated Plugwise stick with circles, behind the serial protocol of a real one."""
