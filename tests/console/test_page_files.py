"""The files of the page: small, under rules, and sent once."""

from collections.abc import AsyncIterator
import difflib
import gzip
from pathlib import Path
import re

import pytest

from sebridge.console.page_files import FOLDER, page_files, page_routes
from sebridge.settings.http_options import HttpOptions
from tests.transports.web.backend import TOKENS, House

BUDGET = 80 * 1024  # of the page
BESIDES = 48 * 1024  # of the texts of another language, which its readers load where they are shown


def test_all_of_it_is_small() -> None:
    sizes = {name: len(gzip.compress(file.body)) for name, file in page_files().items()}
    texts = sum(size for name, size in sizes.items() if name.startswith("texts/"))
    licences = sizes["vendor/LICENSES.txt"]  # for who asks for it: no page loads it

    assert sum(sizes.values()) - texts - licences <= BUDGET, sizes
    assert 0 < texts <= BESIDES


def test_every_file_is_served() -> None:
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}

    assert page_files().keys() == there


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.js")), ids=lambda path: path.name)
def test_what_a_module_imports_is_there(path: Path) -> None:
    if path.parent.name == "vendor":
        return
    for name in re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', path.read_text()):
        assert (path.parent / name).is_file(), name


def test_nothing_comes_from_elsewhere_and_no_code_is_within_the_page() -> None:
    page = (FOLDER / "index.html").read_text()

    assert "://" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House(HttpOptions(port=0, tokens=TOKENS), pages=tuple(page_routes()))
    await house.open()
    yield house
    await house.close()


async def test_the_page_is_for_strangers_too_under_rules_of_its_own(house: House) -> None:
    answered = await house.knock("GET", "/")

    assert (answered.status, answered.body) == (200, (FOLDER / "index.html").read_bytes())
    (rules,) = answered.headers.getall("Content-Security-Policy")
    assert rules == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    assert answered.headers.getall("Cache-Control") == ["no-cache"]


async def test_a_file_is_packed_for_who_takes_that(house: House) -> None:
    packed = await house.knock("GET", "/console/app.js")
    plain = await house.knock("GET", "/console/app.js", headers={"Accept-Encoding": "identity"})

    assert int(packed.headers["Content-Length"]) < len(plain.body)
    assert packed.body == plain.body  # the client has unpacked it


async def test_what_a_browser_has_is_not_sent_again(house: House) -> None:
    tag = (await house.knock("GET", "/console/app.js")).headers["ETag"]

    again = await house.knock("GET", "/console/app.js", headers={"If-None-Match": tag})

    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", sorted(name for name in page_files() if name.endswith(".js")))
def test_of_a_module_only_comments_and_white_space_are_left_out(name: str) -> None:
    lines = (FOLDER / name).read_text().splitlines()
    source = [line.lstrip() for line in lines if line.strip()]
    served = page_files()[name].body.decode().splitlines()

    changes = [line for line in difflib.ndiff(source, served) if line[:2] in {"- ", "+ "}]

    assert all(re.match(r"- (//|/\*\*|\*)", line) for line in changes), changes
    assert not any(line.startswith((" ", "//")) for line in served)
