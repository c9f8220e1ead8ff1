"""`sebridge simulate`: what it says, what it refuses, and that it ends when it is told."""

import json
from pathlib import Path
import shlex
import socket

import pytest

from sebridge.settings.config import read
from sebridge.settings.control_port_options import SerialNodeOptions
from sebridge.settings.simulator_options import HOUSEHOLD, XBEE_NODES
from sebridge.simulator.household import labelled
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.simulator.modules.faults import Fault
from tests.cli.runner import program, run
from tests.patience import PATIENCE
from tests.simulate_program import simulating


def test_it_says_how_it_is_used_and_ends_when_it_is_told(tmp_path: Path) -> None:
    with simulating("--listen", "127.0.0.1:0", directory=tmp_path) as said:
        assert "  type: znp" in said
        assert any(line.startswith("  path: socket://127.0.0.1:") for line in said)
        assert f"  certificate_store: {tmp_path / 'simulate-data' / 'certificates.txt'}" in said
        for device in HOUSEHOLD:
            code = labelled(device).installation_code
            digits = "" if code is None else code.reveal().hex().upper()
            [line] = [line for line in said if line.startswith(str(device.eui64))]
            assert device.name in line
            assert line.replace(" ", "").endswith(digits or device.name.replace(" ", ""))


def test_it_may_be_a_stick_of_another_kind(tmp_path: Path) -> None:
    kind = ("--module", "ezsp", "--ezsp-version", "14")
    with simulating(*kind, "--listen", "127.0.0.1:0", directory=tmp_path) as said:
        assert "  type: ezsp" in said

    unknown = run("simulate", "--module", "ezsp", "--ezsp-version", "3")
    assert unknown.exit_code == 2


def test_there_may_be_several_on_one_air_each_with_what_is_in_it(tmp_path: Path) -> None:
    modules = ("--module", "znp", "--module", "ezsp", "--module", "ezsp")
    versions = ("--ezsp-version", "14", "--ezsp-version", "8")
    with simulating(*modules, *versions, "--listen", "127.0.0.1:0", directory=tmp_path) as said:
        paths = [line for line in said if line.startswith("  path: ")]
        kinds = [line for line in said if line.startswith("  type: ")]

        assert kinds == ["  type: znp", "  type: ezsp", "  type: ezsp"]
        assert len(set(paths)) == 3
        for number in (1, 2):
            assert f"Its address is {chip(number)}." in said
            file = tmp_path / "simulate-data" / f"certificates-{number + 1}.txt"
            assert f"  certificate_store: {file}" in said
            assert str(chip(number)) in run("certificate", "show", "--store", str(file)).output


def test_behind_an_xbee_there_are_nodes_of_its_own(tmp_path: Path) -> None:
    with simulating("--module", "xbee", "--listen", "127.0.0.1:0", directory=tmp_path) as said:
        begin = said.index("radio:")
        end = said.index("", begin)
        configured = read("\n".join(said[begin:end]), tmp_path, {})

        assert configured.control_port is not None
        [node] = configured.control_port.nodes
        assert node == SerialNodeOptions(address=XBEE_NODES[1].eui64, temperature_input=2)
        for device in XBEE_NODES:
            assert any(line.startswith(f"{device.eui64}  {device.kind}") for line in said)


@pytest.mark.parametrize(
    ("kind", "configured"), [("serial_node", ["control_port: true"]), ("meter", [])]
)
def test_a_household_may_have_nodes_without_a_sensor_or_none(
    tmp_path: Path, kind: str, configured: list[str]
) -> None:
    household = tmp_path / "config.yaml"
    device = f"{{kind: {kind}, name: One, eui64: 00:13:a2:00:40:0a:3e:ff}}"
    household.write_text(f"simulator: {{devices: [{device}]}}")
    household.chmod(0o600)
    place = ("--listen", "127.0.0.1:0", "--household", str(household))
    with simulating("--module", "xbee", *place, directory=tmp_path) as said:
        assert [line for line in said if line.startswith("control_port")] == configured


def test_it_may_be_a_plugwise_stick_with_its_circles(tmp_path: Path) -> None:
    with simulating("--module", "plugwise", "--listen", "127.0.0.1:0", directory=tmp_path) as said:
        [port] = [int(line.rpartition(":")[2]) for line in said if "socket://" in line]
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(b"\x05\x05\x03\x03000AB43C\r\n")
            heard = line.makefile("rb")
            acknowledgement, info = heard.readline(), heard.readline()

    circle_plus = next(line for line in said if line.startswith("00:0d:6f"))
    assert b"0000000100C1" in acknowledgement
    assert circle_plus.split()[0].replace(":", "")[2:].upper().encode() in info
    assert circle_plus.endswith("60 W")


def test_a_plugwise_stick_is_on_no_air_with_others(tmp_path: Path) -> None:
    done = run("simulate", "--module", "plugwise", "--module", "znp", "--directory", str(tmp_path))

    assert done.exit_code == 2
    assert "a Plugwise stick is on no air with modules of other kinds" in done.output


def test_there_are_not_more_places_than_modules(tmp_path: Path) -> None:
    places = ("--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0")

    done = run("simulate", *places, "--directory", str(tmp_path))

    assert done.exit_code == 2
    assert "--listen is given 2 times for 1 module" in done.output


@pytest.mark.parametrize("firmware", ["zb", "se"])
def test_an_xbee_has_no_use_for_certificates_of_the_gateway(tmp_path: Path, firmware: str) -> None:
    kind = ("--module", "xbee", "--firmware", firmware)
    with simulating(*kind, "--listen", "127.0.0.1:0", directory=tmp_path) as said:
        assert "  type: xbee" in said
        assert "security:" not in said

    assert not (tmp_path / "simulate-data" / "certificates.txt").exists()


def test_the_house_may_be_that_of_a_configuration(tmp_path: Path) -> None:
    house = tmp_path / "config.yaml"
    meter = {
        "kind": "meter",
        "name": "Gas meter",
        "eui64": "00:0d:6f:00:0a:00:00:77",
        "installation_code": "83FED3407A939723A5C639B26916D505C3B5",
    }
    house.write_text(json.dumps({"simulator": {"suites": [2], "devices": [meter]}}))

    arguments = ("--listen", "127.0.0.1:0", "--household", str(house))
    with simulating(*arguments, "--directory", "here", directory=tmp_path) as said:
        [line] = [line for line in said if line.startswith("00:0d:6f")]

    assert line.endswith("83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5")
    shown = run("certificate", "show", "--store", str(tmp_path / "here" / "certificates.txt"))
    assert str(CHIP) in shown.output


def test_faults_are_taken_as_the_page_shows_them(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    section = page[page.index("## Faults on request") : page.index("## Kinds and their options")]
    command = section.split("```console\n$ ")[1].split("```")[0].replace("\\\n", "")
    program_path, name, *arguments = shlex.split(command.replace(":6638", ":0"))

    with simulating(*arguments, directory=tmp_path) as said:
        assert "  type: ezsp" in said

    assert (program_path, name) == (".venv/bin/sebridge", "simulate")
    table = [line.split("`")[1].partition("=")[0] for line in section.splitlines() if "| `" in line]
    assert sorted(table) == sorted(Fault)


def test_a_fault_that_is_none_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    faults = ("--fault", "smoke=1", "--fault", "hang-after=0")

    done = run("simulate", *faults, "--directory", str(tmp_path))

    words = " ".join(done.output.split())
    assert done.exit_code == 2
    assert "'smoke=1' is no fault: there are hang-after, reset-after" in words
    assert "'hang-after=0' is not hang-after=NUMBER with 1 to 1000000 frames of the host" in words


def test_a_fault_may_be_of_any_of_the_modules_and_of_no_other(tmp_path: Path) -> None:
    modules = ("--module", "znp", "--module", "znp", "--listen", "127.0.0.1:0")
    with simulating(*modules, "--fault", "2:hang-up-after=1", directory=tmp_path) as said:
        paths = [line for line in said if line.startswith("  path: ")]
        ports = [int(path.rpartition(":")[2]) for path in paths]

        assert [pings_answered(port) for port in ports] == [3, 1]

    done = run("simulate", *modules, "--fault", "3:baud=9600", "--directory", str(tmp_path))
    assert done.exit_code == 2
    words = " ".join(done.output.split())
    assert "'--fault': '3:baud=9600' names none of the modules 1 to 2" in words


def pings_answered(port: int) -> int:
    """Ask a Texas Instruments stick three times whether it is there; return how often it is."""
    answered = 0
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        for _ in range(3):
            try:
                line.sendall(bytes.fromhex("fe 00 21 01 20"))
                answer = line.recv(7)
            except ConnectionError:
                break
            answered += answer == bytes.fromhex("fe 02 61 01 59 06 3d")
    return answered


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"

        done = program("simulate", "--listen", where, "--directory", str(tmp_path / "data"))

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(f"sebridge: {where} cannot be listened on: ")
    assert line.endswith("address already in use")


@pytest.mark.parametrize("listen", ["6638", ":6638", "localhost:", "localhost:x", "a:65536"])
def test_an_address_that_is_none_is_refused(listen: str, tmp_path: Path) -> None:
    done = run("simulate", "--listen", listen, "--directory", str(tmp_path))

    assert done.exit_code == 2
    assert "is not HOST:PORT with a port of 0 to 65535" in done.output
