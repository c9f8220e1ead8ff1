"""The subcommands `decode` and `encode`: ZCL frames as hex, as text and as JSON."""

import json
from typing import BinaryIO, Final, NoReturn

import click

from sebridge.app.clusters import CLUSTERS
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.cli.ending import fail
from sebridge.cli.examples import examples
from sebridge.rpc.json_codec import MAX_SIZE, parse
from sebridge.zcl.explanation import Explanation, explain, explain_frame
from sebridge.zcl.frame_text import explanation_lines
from sebridge.zcl.identifiers import ZDO_PROFILE
from sebridge.zcl.wire import decode_octets, encode_document

_HIGHEST_ID: Final = 0xFFFF
_DELIMITERS: Final = frozenset(" \t\r\n:-,.")


def _identifier(text: str) -> int:
    """Return a 16-bit number given in decimal, or in hex after 0x."""
    try:
        number = int(text, 0)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither a number nor 0x with hex digits") from error
    if not 0 <= number <= _HIGHEST_ID:
        raise click.BadParameter(f"{text} is not in 0..0xFFFF")
    return number


@click.command(
    "decode",
    epilog=examples(
        "sebridge decode 0x0109 0x0700 01070001",
        "sebridge decode 0x0109 0x0703 09ce01eeffc00000 --json",
        "sebridge decode 0x0000 0x0013 01785601 00000a006f0d008e",
    ),
)
@click.argument("profile", type=_identifier)
@click.argument("cluster", type=_identifier)
@click.argument("octets", metavar="HEX", nargs=-1, required=True)
@click.option(
    "--from",
    "sender",
    type=click.Choice(["server", "client"]),
    help="Who sent the frame; without it, what its direction bit says.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, which `encode` reads back.")
def decode_command(
    profile: int, cluster: int, octets: tuple[str, ...], sender: str | None, *, as_json: bool
) -> None:
    """Print a ZCL frame: its header and payload with names, units and words.

    PROFILE is 0x0109 for Smart Energy, 0x0104 for Home Automation. With 0x0000 it is a frame of
    the device profile, and CLUSTER is its command. Exit status 1 for what is no such frame, with
    the octet at which it went wrong.
    """
    from_server = None if sender is None else sender == "server"
    try:
        frame = _octets(" ".join(octets))
        if profile == ZDO_PROFILE and not as_json:
            explained = _explained_zdo(cluster, frame)
        else:
            decoded = decode_octets(CLUSTERS, profile, cluster, frame, from_server=from_server)
            explained = explain_frame(CLUSTERS, decoded)
    except DecodeError as error:
        _fail(error, "octet")
    if as_json:
        click.echo(json.dumps(decoded.document(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(explanation_lines(explained)))


def _explained_zdo(command: int, octets: bytes) -> Explanation:
    explained = explain(CLUSTERS, ZDO_PROFILE, command, octets)
    if explained.problem:
        raise DecodeError(explained.problem, explained.problem_at)
    return explained


@click.command(
    "encode",
    epilog=examples(
        "sebridge decode 0x0109 0x0700 01070001 --json | sebridge encode",
        "sebridge encode frame.json",
    ),
)
@click.argument("file", type=click.File("rb"), default="-")
def encode_command(file: BinaryIO) -> None:
    """Print the hex of a ZCL frame given as JSON, in the form which `decode --json` prints.

    FILE is read, or the standard input. Exit status 1 for what is no such frame.
    """
    try:
        document = parse(file.read(MAX_SIZE + 1))
    except DecodeError as error:
        _fail(error, "character")
    try:
        click.echo(encode_document(CLUSTERS, document).hex())
    except ParameterError as error:
        fail(f"sebridge: {error}")


def _octets(text: str) -> bytes:
    """Return the octets of hex text; DecodeError names the octet with a wrong digit."""
    digits = "".join(letter for letter in text.removeprefix("0x") if letter not in _DELIMITERS)
    for place, letter in enumerate(digits):
        if letter not in "0123456789abcdefABCDEF":
            raise DecodeError(f"{letter!r} is no hex digit", place // 2)
    if len(digits) % 2:
        raise DecodeError("a hex digit is missing", len(digits) // 2)
    return bytes.fromhex(digits)


def _fail(error: DecodeError, unit: str) -> NoReturn:
    """Say what is wrong, and at which octet or character."""
    where = "" if error.offset is None else f"{unit} {error.offset}: "
    fail(f"sebridge: {where}{error}")
