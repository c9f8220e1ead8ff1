"""Devices whose drivers a plug-in brings, where data is not enough: code for one each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from sebridge.plugin.bridge import Bridge, BridgeError

SERVER: Final = 0
"""The side of a cluster that has its attributes."""
_OURS: Final = 1
"""Our endpoint of Home Automation."""
_CLUSTER_SPECIFIC: Final = 1

Parse = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


class BoundCluster:
    """Takes the commands of a cluster that a device sends to us.

    A subclass has a method for each, of the command's name, which takes its parameters by their
    names, and may be a coroutine function; commands without one are passed over.
    """


class Device:
    """A device that has a driver of the plug-in, by its `address`.

    A subclass says in `on_node_init` what is to be done with it. All coroutines raise BridgeError
    where the bridge says no. Scopes: what sends or configures needs `command`.
    """

    def __init__(self, bridge: Bridge, address: str) -> None:
        self.bridge = bridge
        self.address = address
        self._capabilities: dict[tuple[int, int, int], tuple[str, Parse]] = {}
        self._bound: dict[str, BoundCluster] = {}

    async def on_node_init(self) -> None:
        """Begin: called once for each device, as soon as it has the driver."""

    # ------------------------------------------------------------------ what it tells

    async def register_capability(
        self,
        name: str,
        cluster: int,
        attribute: int,
        *,
        endpoint: int = 1,
        parse: Parse = _as_it_is,
        report: tuple[int, int, float] | None = None,
        manufacturer_code: int | None = None,
    ) -> None:
        """Have an attribute shown on the topic `<address>/<name>` of the plug-in, from now on.

        `parse` makes of a value what is shown. `report` is after how many seconds at least and at
        most it is reported, and by which change; without it, it comes as it comes. It is read once
        at first.
        """
        self._capabilities[endpoint, cluster, attribute] = name, parse
        if report is not None:
            shortest, longest, change = report
            await self.configure_attribute_reporting(
                cluster,
                [
                    {
                        "attribute_id": attribute,
                        "min_interval": shortest,
                        "max_interval": longest,
                        "reportable_change": change,
                    }
                ],
                endpoint=endpoint,
                manufacturer_code=manufacturer_code,
            )
        told = await self.read(
            cluster, [attribute], endpoint=endpoint, manufacturer_code=manufacturer_code
        )
        await self._show(endpoint, cluster, told)

    async def configure_attribute_reporting(
        self,
        cluster: int,
        records: Sequence[Mapping[str, Any]],
        *,
        endpoint: int = 1,
        manufacturer_code: int | None = None,
    ) -> None:
        """Have attributes reported: records as `start_receiving_reports` takes them."""
        await self.bridge.call(
            "start_receiving_reports",
            **self._target(cluster, endpoint, manufacturer_code),
            record_list=list(records),
        )

    async def read(
        self,
        cluster: int,
        attributes: Sequence[int],
        *,
        endpoint: int = 1,
        manufacturer_code: int | None = None,
    ) -> dict[int, Any]:
        """Return the values of attributes; what the device does not have is not there."""
        answer = await self.bridge.call(
            "read_attributes",
            **self._target(cluster, endpoint, manufacturer_code),
            record_list=[{"attribute_id": number} for number in attributes],
        )
        return _values(answer)

    # ------------------------------------------------------------------ what it sends

    def bind(self, cluster: str, bound: BoundCluster) -> None:
        """Have the commands of a cluster taken; its driver must have it among the bindings.

        The cluster goes by its name, as it stands on topics: `on_off`, `level`.
        """
        self._bound[cluster] = bound

    async def send_frame(
        self,
        cluster: int,
        command: int,
        payload: bytes = b"",
        *,
        endpoint: int = 1,
        manufacturer_code: int | None = None,
    ) -> dict[str, Any]:
        """Send a command of a cluster, and return the answer as `send_ZCL` does."""
        return await self.bridge.call(
            "send_ZCL",
            **self._target(cluster, endpoint, manufacturer_code),
            command_identifier=command,
            command_type=_CLUSTER_SPECIFIC,
            payload=payload.hex(),
        )

    def handle_frame(self, endpoint: int, cluster: int, command: int, payload: bytes) -> None:
        """Take a command of the device as it was on the air; a subclass may do something."""

    # ------------------------------------------------------------------ what comes

    async def hear_report(self, report: Mapping[str, Any]) -> None:
        """Show what a report tells of capabilities: `Devices` calls this."""
        if report["server_or_client"] == SERVER:
            await self._show(report["source_endpoint_id"], report["cluster_id"], _values(report))

    async def hear_button(self, pressed: Mapping[str, Any]) -> None:
        """Hand a command to its bound cluster: `Devices` calls this."""
        method = getattr(self._bound.get(pressed["cluster"]), pressed["command"], None)
        if method is not None:
            made = method(**pressed["parameters"])
            if hasattr(made, "__await__"):
                await made

    async def _show(self, endpoint: int, cluster: int, values: Mapping[int, Any]) -> None:
        for attribute, value in values.items():
            found = self._capabilities.get((endpoint, cluster, attribute))
            if found is not None:
                name, parse = found
                shown = None if value is None else parse(value)
                topic = f"{self.address.replace(':', '')}/{name}"
                await self.bridge.publish(topic, {name: shown}, retain=True)

    def _target(self, cluster: int, endpoint: int, code: int | None) -> dict[str, Any]:
        target = {
            "destination_address": self.address,
            "destination_endpoint_id": endpoint,
            "source_endpoint_id": _OURS,
            "cluster_id": cluster,
            "server_or_client": SERVER,
        }
        return target if code is None else target | {"manufacturer_code": code}


class Light(Device):
    """A lamp."""

    async def switch(self, *, on: bool, endpoint: int = 1) -> None:
        """Switch it on or off."""
        await self._set("switch_device", endpoint, command="on" if on else "off")

    async def dim(self, level: int, *, seconds: float = 0.0, endpoint: int = 1) -> None:
        """Have it as bright as that, 0..254, after so many seconds; 0 is off."""
        await self._set("set_light", endpoint, level=level, transition_time=seconds)

    async def warm(self, mireds: int, *, seconds: float = 0.0, endpoint: int = 1) -> None:
        """Have its light as warm as that, after so many seconds."""
        await self._set("set_light", endpoint, color_temperature=mireds, transition_time=seconds)

    async def _set(self, method: str, endpoint: int, **parameters: Any) -> None:
        place = {"destination_address": self.address, "destination_endpoint_id": endpoint}
        await self.bridge.call(method, **place, **parameters)


class Devices:
    """Makes a `Device` for each that has a driver of the plug-in, and tells it what comes.

    `plugin` is the plug-in's name, `kinds` are the classes by the names of the drivers. A start
    hook is no more than `await Devices(bridge, "my_plug", {"my_plug": MyPlug}).start()`.
    """

    def __init__(self, bridge: Bridge, plugin: str, kinds: Mapping[str, type[Device]]) -> None:
        self.devices: dict[str, Device] = {}
        self._bridge = bridge
        self._plugin = plugin
        self._kinds = kinds
        self._is_looking = False
        self._has_news = False

    async def start(self) -> None:
        """Begin with the devices that are there; others follow when they come."""
        for name, listener in (
            ("device_active", self._on_device),
            ("device_updated", self._on_device),
            ("device_removed", self._on_removed),
            ("button_pressed", self._on_button),
            ("received_command", self._on_command),
            ("received_attribute_report_collection", self._on_report),
        ):
            await self._bridge.listen(name, listener)
        self._soon(self._look)

    async def _look(self) -> None:
        """See which devices have which drivers: once for all news that come meanwhile."""
        self._has_news = True
        if self._is_looking:
            return
        self._is_looking = True
        try:
            while self._has_news:
                self._has_news = False
                listed = await self._bridge.call("list_drivers")
                self._begin(_owned(listed, self._plugin))
        finally:
            self._is_looking = False

    def _begin(self, owned: Mapping[str, str]) -> None:
        for address in [address for address in self.devices if address not in owned]:
            del self.devices[address]
        for address, driver in owned.items():
            kind = self._kinds.get(driver)
            if kind is not None and address not in self.devices:
                device = self.devices[address] = kind(self._bridge, address)
                self._soon(partial(self._init, device))

    async def _init(self, device: Device) -> None:
        """Begin with a device; one that sleeps, or is gone, is begun with when it is back."""
        try:
            await device.on_node_init()
        except BridgeError as error:
            print(f"{device.address}: {error}")  # noqa: T201 - what a plug-in prints is logged
            if self.devices.get(device.address) is device:
                del self.devices[device.address]

    def _soon(self, function: Callable[[], Any]) -> None:
        """Do something beside all else: a hook has 30 seconds, and a device may take as long."""
        self._bridge.at(self._bridge.clock.utc(), function)

    async def _on_device(self, news: Mapping[str, Any]) -> None:
        if news["device"] not in self.devices:
            await self._look()

    def _on_removed(self, news: Mapping[str, Any]) -> None:
        self.devices.pop(news["device"], None)

    async def _on_report(self, report: Mapping[str, Any]) -> None:
        device = self.devices.get(report.get("source_address", ""))
        if device is not None:
            await device.hear_report(report)

    async def _on_button(self, pressed: Mapping[str, Any]) -> None:
        device = self.devices.get(pressed["device"])
        if device is not None:
            await device.hear_button(pressed)

    def _on_command(self, heard: Mapping[str, Any]) -> None:
        device = self.devices.get(heard["device"])
        if device is not None:
            payload = bytes.fromhex(heard["payload"].removeprefix("0x"))
            device.handle_frame(
                heard["endpoint"], heard["cluster_id"], heard["command_id"], payload
            )


def _owned(listed: Mapping[str, Any], plugin: str) -> dict[str, str]:
    """Return the driver of each device that has one of a plug-in."""
    return {
        address: one["driver"]
        for one in listed["driver_list"]
        if one.get("plugin") == plugin
        for address in one["device_list"]
    }


def _values(told: Mapping[str, Any]) -> dict[int, Any]:
    """Return the values of attributes in an answer or a report."""
    return {one["attribute_id"]: one["value"] for one in told["record_list"] if "value" in one}
