"""The section `plugins`: where packages are, whose they may be, and what their code may do."""

from pathlib import Path

from sebridge.settings.declaration import option, section
from sebridge.settings.kinds import FILE, TRUTH, ListOf, text, whole, words


@section
class PluginsOptions:
    """Packages of others; without a directory there are none."""

    directory: Path | None = option(
        FILE,
        "folder for packages of plug-ins, and for those that are installed; without a value: none",
        default=None,
    )
    most_scope: str = option(
        words("read", "command", "admin"),
        "read, command or admin: the most that code of a plug-in may ask for",
        default="command",
    )
    trusted_keys: tuple[str, ...] = option(
        ListOf(text(r"RW[A-Za-z0-9+/]{54}", "is not a public key of minisign", "keys of minisign")),
        "public keys of minisign, of those whose packages are installed",
        default=(),
        example=("RWQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",),
    )
    allow_unsigned: bool = option(
        TRUTH, "true: packages that nobody has signed are installed, too", default=False
    )
    memory: int = option(
        whole(128, 65_536), "MiB that the process of a plug-in may have", default=512
    )
