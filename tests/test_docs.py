"""The documents: what is generated is current, what is named exists, and links lead somewhere."""

from collections.abc import Iterator
import dataclasses
import importlib.util
from pathlib import Path
import re
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from sebridge.base import errors
from sebridge.cli.main import main
from sebridge.rpc.error_codes import CODES
from sebridge.settings.config import read
from sebridge.settings.entries import ENTRIES, find
from sebridge.settings.options import Options
from sebridge.settings.simulator_options import SimulatedDeviceOptions

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("hassio-addon/*.md")]
)

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CALL = re.compile(r"(?:sebridge call |rpc/request/)([A-Za-z_]+)(?![\w.])")  # not a plug-in's
_SUBCOMMAND = re.compile(r"(?:bin/|`)sebridge ([a-z-]+)")
_KEY = re.compile(r"[a-z]+(\.[a-z0-9_]+)+")
_PATH = re.compile(r"(?:sebridge|script|tests|docs|hassio-addon)/[\w./-]+")
_VARIABLE = re.compile(r"SEBRIDGE_([A-Z]+)__([A-Z_]+)")


def _generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "generate_docs", ROOT / "script" / "generate_docs.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


GENERATOR = _generator()


def _named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text())


def _keys(kind: Any, prefix: str = "") -> Iterator[str]:
    for field in dataclasses.fields(kind):
        name = f"{prefix}{field.name}"
        yield name
        hint = get_type_hints(kind)[field.name]
        for inner in (hint, *get_args(hint)):
            if dataclasses.is_dataclass(inner):
                yield from _keys(inner, f"{name}.")


KEYS = frozenset(_keys(Options))
SECTIONS = frozenset(key for key in KEYS if "." not in key)
NO_KEYS = {"mqtt.publish"}  # an action of Home Assistant


@pytest.mark.parametrize("page", GENERATOR.pages(), ids=_named)
def test_a_generated_page_is_current(page: Path) -> None:
    expected = GENERATOR.pages()[page]()

    assert page.read_text() == expected, "run script/docs"


def test_the_reference_tells_of_every_method_with_every_parameter() -> None:
    text = GENERATOR.rpc_reference()

    for method in GENERATOR.methods():
        section = text.partition(f"\n### {method.name}\n")[2].partition("\n### ")[0]
        assert method.description in section
        assert all(f"| `{parameter.name}` |" in section for parameter in method.parameters)


def test_the_reference_tells_of_every_setting() -> None:
    text = GENERATOR.rpc_reference()

    assert all(entry.help.replace("|", "\\|") in text for entry in ENTRIES)


def test_every_error_code_is_in_the_table() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {CODES[kind.reason] for kind in kinds if issubclass(kind, errors.SebridgeError)}

    assert all(f"| `{code}` |" in GENERATOR.error_codes() for code in codes)


def test_the_architecture_names_every_module() -> None:
    listed = GENERATOR.module_list()

    for path in sorted((ROOT / "sebridge").rglob("*.py")):
        folder = path.parent.relative_to(ROOT).as_posix()
        section = listed.partition(f"### `{folder}/`")[2].partition("\n### ")[0]
        assert path.name == "__init__.py" or f"- `{path.name}`: " in section


def test_a_page_without_a_place_for_its_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place for modules"):
        GENERATOR.replace_part("# A page\n", "modules", "text")


def test_checking_says_what_is_outdated_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "rpc.md"
    monkeypatch.setattr(GENERATOR, "ROOT", tmp_path)
    monkeypatch.setattr(GENERATOR, "pages", lambda: {page: lambda: "new"})
    page.write_text("old")

    checked = GENERATOR.main(["--check"])
    left_as = page.read_text()
    written = GENERATOR.main([])

    assert (checked, left_as) == (1, "old")
    assert (written, page.read_text()) == (0, "new")
    assert capsys.readouterr().out == "rpc.md is outdated: run script/docs\nwrote rpc.md\n"


def test_the_beginning_leads_to_every_page() -> None:
    links = _LINK.findall((ROOT / "docs" / "index.md").read_text())
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}

    assert pages <= {link.partition("#")[0] for link in links}


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_prose(page)):
        target, _, place = link.partition("#")
        if target.startswith(("https:", "http:")):
            continue
        found = page.parent / target if target else page
        assert found.exists(), link
        assert not place or place in _places(found), link


def _places(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them of its headings."""
    headings = _HEADING.findall(_prose(page))
    return {re.sub(r"[^\w\- ]", "", h.replace("`", "").lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_configuration_key_that_is_named_exists(page: Path) -> None:
    text = page.read_text()

    for word in _CODE.findall(_prose(page)):
        key = word.partition(":")[0]
        is_key = _KEY.fullmatch(key) and key.partition(".")[0] in SECTIONS
        is_key = is_key and not key.endswith((".ini", ".py", ".yaml"))
        assert not is_key or key in KEYS or key in NO_KEYS, key
    for section, key in _VARIABLE.findall(text):
        assert f"{section}.{key}".lower() in KEYS


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    for word in _CODE.findall(_prose(page)):
        if re.fullmatch(r"[A-Z]\w*_?\w*\.[A-Za-z_]+", word) and not word.endswith((".md", ")")):
            find(word)


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_method_and_subcommand_that_is_shown_exists(page: Path) -> None:
    methods = {method.name for method in GENERATOR.methods()}
    text = page.read_text()

    shown = set(_CALL.findall(text)) - {"METHOD"}
    subcommands = set(_SUBCOMMAND.findall(text))

    assert shown <= methods
    assert subcommands <= set(main.commands)


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_file_that_is_named_exists(page: Path) -> None:
    for word in _CODE.findall(_prose(page)):
        path = word.partition(" ")[0]
        if _PATH.fullmatch(path) and not path.startswith("sebridge/home/"):  # that is a topic
            assert (ROOT / path).exists(), word


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_configuration_that_is_shown_is_right(page: Path, tmp_path: Path) -> None:
    for text in _YAML.findall(page.read_text()):
        if set(yaml.safe_load(text)) <= SECTIONS:
            read(text, tmp_path, {})  # raises for what is wrong


def test_every_kind_of_simulated_device_is_described() -> None:
    text = (ROOT / "docs" / "simulator.md").read_text()
    kinds = ("meter", "sub_meter", "display", "thermostat", "load_control")

    assert all(f"| `{kind}` |" in text for kind in kinds)
    assert {field.name for field in dataclasses.fields(SimulatedDeviceOptions)} >= {
        "kind",
        "options",
    }


def test_every_rule_is_listed_and_names_a_module_that_exists() -> None:
    table = GENERATOR.rule_table()

    for rows in GENERATOR.rules().values():
        for name, rule in rows.items():
            assert f"| {name} | " in table
            assert (ROOT / "sebridge" / rule.module).exists(), rule.module


def test_every_test_that_is_named_by_a_rule_names_one_that_is_listed() -> None:
    listed = {rule for rows in GENERATOR.rules().values() for rule in rows}

    assert set(GENERATOR.tests_of_rules()) <= listed


def test_a_rule_without_tests_is_listed_with_the_reason_or_as_not_yet() -> None:
    tested = GENERATOR.tests_of_rules()
    reasons = {name: rule.why for rows in GENERATOR.rules().values() for name, rule in rows.items()}
    table = GENERATOR.rule_table().splitlines()

    for line in table:
        rule = line.removeprefix("| ").partition(" ")[0]
        if rule in reasons:
            assert (f"| {reasons[rule]} |" in line) == (rule not in tested)
