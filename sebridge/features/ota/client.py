"""The OTA Upgrade cluster's client: takes an image part by part, and runs it when it is told to.

Only simulated devices have it: the firmware of our own radio comes another way. Times are seconds
since 2000 UTC. Source: ZigBee Cluster Library, OTA Upgrade cluster.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

import msgspec
from typing_extensions import override

from sebridge.base.errors import DecodeError, UnsupportedCommandError
from sebridge.features.ota.firmware import DeviceFirmware
from sebridge.features.ota.image import LARGEST, read_image
from sebridge.features.ota.records import (
    HAS_BLOCK_PERIOD,
    HAS_HARDWARE_VERSION,
    NOT_YET,
    OTA_CLUSTER,
    ImageBlockRequestRecord,
    ImageBlockResponseRecord,
    ImageNotifyRecord,
    OtaStatus,
    QueryNextImageRecord,
    QueryNextImageResponseRecord,
    UpgradeEndRequestRecord,
    UpgradeEndResponseRecord,
)
from sebridge.gateway.cluster import Command, Outcome, Sending, TimedCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition

LONGEST_PART: Final = 64
"""Octets of a part that it takes."""
PATIENCE: Final = 5
"""Seconds in which a server must answer before it is asked again."""
MOST_TRIES: Final = 20
"""Questions in a row without an answer, after which a download is given up."""

_RUN_QUESTION_PERIOD: Final = 3_600  # seconds between two questions for when to run an image
_MILLISECONDS: Final = 1_000
_UINT16, _UINT32 = 0x21, 0x23


class _Download(msgspec.Struct):
    """An image on its way: from whom, what it is, what there is of it, and what was asked last.

    `due` is when to ask again, `period` how many milliseconds two questions are apart. From
    `run_at` on it is run.
    """

    server: Peer
    file_version: int
    size: int
    question: Record
    due: int
    contents: bytearray = msgspec.field(default_factory=bytearray)
    tries: int = 0
    run_at: int | None = None


class OtaClient(TimedCluster):
    """Takes what a server has for it. `run` is given the file version that it runs from then on.

    Where it `is_silent` it has no attributes that say what it runs.
    """

    definition: ClassVar[ClusterDefinition] = OTA_CLUSTER
    server = False

    def __init__(
        self, firmware: DeviceFirmware, run: Callable[[int], object], *, is_silent: bool = False
    ) -> None:
        self._firmware = firmware
        self._run = run
        self._period = 0
        self._download: _Download | None = None
        attributes = (
            LocalAttribute(0x0001, _UINT32, lambda: len(self.contents)),
            LocalAttribute(0x0002, _UINT32, lambda: self.file_version),
            LocalAttribute(0x0007, _UINT16, firmware.manufacturer_code),
            LocalAttribute(0x0008, _UINT16, firmware.image_type),
            LocalAttribute(0x0009, _UINT16, lambda: self._period),
        )
        super().__init__(LocalAttributes(() if is_silent else attributes))

    @property
    def file_version(self) -> int:
        """The version of the firmware that it runs."""
        return self._firmware.file_version

    @property
    def contents(self) -> bytes:
        """What it has of the image that it is taking."""
        return b"" if self._download is None else bytes(self._download.contents)

    def ask(self, server: Peer) -> Outcome:
        """Ask a server whether there is another image."""
        firmware = self._firmware
        hardware = firmware.hardware_version
        question = QueryNextImageRecord(
            field_control=0 if hardware is None else HAS_HARDWARE_VERSION,
            manufacturer_code=firmware.manufacturer_code,
            image_type=firmware.image_type,
            file_version=firmware.file_version,
            hardware_version=hardware,
        )
        return Outcome(sendings=(Sending(server, question),))

    @override
    def receive(self, command: Command) -> Outcome:
        """Take what a server says."""
        record: Any = command.record
        match record:
            case ImageNotifyRecord():
                return self.ask(command.source) if self._is_meant(record) else Outcome()
            case QueryNextImageResponseRecord():
                return self._begin(command.source, record, command.now)
            case ImageBlockResponseRecord():
                return self._take(command.source, record, command.now)
            case UpgradeEndResponseRecord():
                return self._take_time(command.source, record, command.now)
        raise UnsupportedCommandError(type(record).__name__)

    def _is_meant(self, notice: ImageNotifyRecord) -> bool:
        firmware = self._firmware
        maker, kind = notice.manufacturer_code, notice.image_type
        return (
            maker in {None, firmware.manufacturer_code}
            and kind in {None, firmware.image_type}
            and notice.file_version != firmware.file_version
        )

    def _begin(self, source: Peer, answer: QueryNextImageResponseRecord, now: int) -> Outcome:
        firmware, version, size = self._firmware, answer.file_version, answer.image_size
        is_ours = (answer.manufacturer_code, answer.image_type) == (
            firmware.manufacturer_code,
            firmware.image_type,
        )
        if not is_ours or version is None or size is None or not 0 < size <= LARGEST:
            return Outcome()
        if version == firmware.file_version or self._is_taking(source, version):
            return Outcome()
        self._download = download = _Download(source, version, size, answer, now)
        return self._ask_part(download, now)

    def _is_taking(self, server: Peer, version: int) -> bool:
        download = self._download
        return download is not None and (download.server, download.file_version) == (
            server,
            version,
        )

    def _ask_part(self, download: _Download, now: int, after: float = 0) -> Outcome:
        firmware = self._firmware
        question = ImageBlockRequestRecord(
            field_control=HAS_BLOCK_PERIOD,
            manufacturer_code=firmware.manufacturer_code,
            image_type=firmware.image_type,
            file_version=download.file_version,
            file_offset=len(download.contents),
            maximum_data_size=LONGEST_PART,
            minimum_block_period=self._period,
        )
        return self._put(download, question, now, after)

    def _put(self, download: _Download, question: Record, now: int, after: float = 0) -> Outcome:
        download.question, download.tries = question, 1
        download.due = now + PATIENCE + int(after)
        return Outcome(sendings=(Sending(download.server, question, after),))

    def _take(self, source: Peer, answer: ImageBlockResponseRecord, now: int) -> Outcome:
        download = self._download
        if download is None or download.server != source:
            return Outcome()
        if answer.status == OtaStatus.WAIT_FOR_DATA:
            assert answer.utc_time is not None
            assert answer.request_time is not None
            self._period = answer.minimum_block_period or 0
            rest = max(answer.request_time - answer.utc_time, self._period / _MILLISECONDS)
            return self._ask_part(download, now, rest)
        if answer.status != OtaStatus.SUCCESS:
            self._download = None
            return Outcome()
        contents = download.contents
        is_next = (answer.file_version, answer.file_offset) == (
            download.file_version,
            len(contents),
        )
        if not is_next or not answer.image_data or download.run_at is not None:
            return Outcome()
        contents += answer.image_data
        if len(contents) < download.size:
            return self._ask_part(download, now, self._period / _MILLISECONDS)
        return self._end(now)

    def _end(self, now: int) -> Outcome:
        download = self._download
        assert download is not None
        firmware = self._firmware
        status = OtaStatus.SUCCESS
        try:
            header = read_image(bytes(download.contents))
            if header.file_version != download.file_version:
                status = OtaStatus.INVALID_IMAGE
        except DecodeError:
            status = OtaStatus.INVALID_IMAGE
        question = UpgradeEndRequestRecord(
            status=status,
            manufacturer_code=firmware.manufacturer_code,
            image_type=firmware.image_type,
            file_version=download.file_version,
        )
        outcome = self._put(download, question, now)
        if status != OtaStatus.SUCCESS:
            self._download = None
        return outcome

    def _take_time(self, source: Peer, answer: UpgradeEndResponseRecord, now: int) -> Outcome:
        download = self._download
        if download is None or download.server != source or len(download.contents) < download.size:
            return Outcome()
        if answer.upgrade_time == NOT_YET:
            download.due, download.tries = now + _RUN_QUESTION_PERIOD, 0
        else:
            download.run_at = now + max(answer.upgrade_time - answer.utc_time, 0)
        return Outcome()

    # ------------------------------------------------------------------ what comes in time

    @override
    def next_change(self, now: int) -> int | None:
        del now
        download = self._download
        if download is None:
            return None
        return download.due if download.run_at is None else download.run_at

    @override
    def advance(self, now: int) -> Outcome:
        """Run the image whose time has come, or ask again."""
        download = self._download
        if download is None:
            return Outcome()
        if download.run_at is not None:
            return self._start(download) if now >= download.run_at else Outcome()
        if now < download.due:
            return Outcome()
        if download.tries >= MOST_TRIES:
            self._download = None
            return Outcome()
        download.due, download.tries = now + PATIENCE, download.tries + 1
        return Outcome(sendings=(Sending(download.server, download.question),))

    def _start(self, download: _Download) -> Outcome:
        """Run another image, and tell the server so by asking for the next one."""
        self._download = None
        self._firmware = msgspec.structs.replace(self._firmware, file_version=download.file_version)
        self._run(download.file_version)
        return self.ask(download.server)
