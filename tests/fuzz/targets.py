"""All targets: one for each way by which something foreign comes in."""

from tests.fuzz import (
    console,
    control_port,
    documents,
    ezsp_module,
    files,
    firmware,
    module,
    openadr,
    packages,
    plugin_requests,
    plugwise_line,
    prices,
    radio,
    rows,
    stick_lines,
    web,
    xbee_module,
)
from tests.fuzz.target import Target

TARGETS: tuple[Target, ...] = (
    radio.TARGET,
    documents.MQTT,
    documents.XML,
    web.TARGET,
    console.TARGET,
    files.SAVED_FILES,
    files.CONFIGURATION,
    rows.TARGET,
    prices.TARGET,
    openadr.TARGET,
    firmware.TARGET,
    module.TARGET,
    packages.TARGET,
    plugin_requests.TARGET,
    ezsp_module.TARGET,
    xbee_module.TARGET,
    plugwise_line.TARGET,
    control_port.SERIAL_PORT,
    control_port.XML_RPC,
    *stick_lines.TARGETS,
)
BY_NAME = {target.name: target for target in TARGETS}
