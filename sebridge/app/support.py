"""What people need who look after a bridge: its log, its configuration, reports and backups."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from sebridge.api.backup import BackupMethods
from sebridge.api.configuration import ConfigurationMethods, TokenName
from sebridge.api.log import LogMethods
from sebridge.api.report import ReportMethods
from sebridge.app.gateway import Gateway
from sebridge.app.installed_certificates import installed_certificates
from sebridge.app.log_levels import LogLevels
from sebridge.app.log_memory import LogMemory
from sebridge.app.network_backup import NetworkBackups
from sebridge.app.ports import Ports
from sebridge.app.report import (
    CONFIGURATION,
    configuration_part,
    file_name,
    log_text,
    report_of,
    versions_part,
)
from sebridge.app.reported_frames import GetFrames, reported_frames
from sebridge.base.addresses import Eui64
from sebridge.base.service import Service
from sebridge.settings.shown import shown_options


class Support:
    """Its methods, and the services that they need.

    `facts` are those for reports, by the names of their files.
    """

    def __init__(
        self,
        gateway: Gateway,
        ports: Ports,
        log: LogMemory,
        facts: Mapping[str, Callable[[], Any]],
    ) -> None:
        self._gateway = gateway
        self._clock = ports.real_clock
        self._facts = facts
        self._get_frames = gateway.dispatcher.methods["get_frames"].call
        self._log = log
        self._levels = LogLevels(ports.real_clock)
        options = gateway.options
        self.method_groups: list[object] = [
            LogMethods(self._log, self._levels),
            ConfigurationMethods(
                lambda: list(shown_options(options)),
                lambda: list(installed_certificates(ports.proofs.own, options)),
                lambda: [
                    TokenName(name=token.name, scope=token.scope)
                    for token in (options.http.tokens if options.http else ())
                ],
            ),
            ReportMethods(self._make_report, lambda: self._file_name("report", "zip")),
            BackupMethods(
                NetworkBackups(gateway.radio, self._addresses, ports.proofs.compute),
                lambda: self._file_name("network", "json"),
            ),
        ]

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start: before those whose log is wanted."""
        return [self._log, self._levels]

    def _file_name(self, what: str, ending: str) -> str:
        return file_name(self._gateway.options.gateway.name, what, self._clock.utc(), ending)

    def _addresses(self) -> dict[Eui64, int]:
        known = self._gateway.directory
        return {one.eui64: one.nwk for one in known if one.nwk is not None}

    async def _make_report(self, seconds: float, is_for_owner: bool) -> bytes:  # noqa: FBT001
        """Make a report; the frames, which have most to tell, come last: they may have no room.

        Configuration and frames are for who has the scope admin: frames tell who is at home.
        """
        gateway = self._gateway
        parts: dict[str, Any] = {name: fact() for name, fact in self._facts.items()}
        parts["versions.json"] = versions_part()
        parts["registry.json"] = {name: value for name, value, _ in gateway.registry.described()}
        parts["calls.json"] = [
            {"interface": one.interface, "method": one.method, "outcome": one.word, "count": count}
            for one, count in gateway.dispatcher.outcomes.items()
        ]
        parts["log.txt"] = log_text(self._log.lines())
        if is_for_owner:
            parts[CONFIGURATION] = configuration_part(gateway.options)
            get_frames = cast("GetFrames", self._get_frames)
            earliest = gateway.clock.utc() - seconds
            parts["frames.json"] = await reported_frames(get_frames, earliest)
        return report_of(gateway.options, parts, self._clock.utc())
