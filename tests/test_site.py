"""The site of the pages: built without a fault, with every page; and what is wrong is found."""

import json
from pathlib import Path

import pytest

from script import build_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the site once: it takes some seconds."""
    made = tmp_path_factory.mktemp("site")
    assert build_site.main([str(made)]) == 0
    return made


def test_every_page_is_part_of_the_site(site: Path) -> None:
    pages = [path for path in build_site.files() if path.suffix == ".md"]

    for page in pages:
        place = page.relative_to(build_site.ROOT).with_suffix("")
        folder = place.parent if place.name in {"README", "index"} else place
        assert (site / folder / "index.html").is_file(), page
    assert len(pages) > 20


@pytest.mark.parametrize("words", ["create_price_event", "installation code", "Which stick"])
def test_what_people_look_for_is_found(site: Path, words: str) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())

    assert any(words in part["text"] + part["title"] for part in index["docs"])


def test_a_site_is_made_again_in_its_place_but_not_over_something_else(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").touch()

    status = build_site.main([str(tmp_path)])

    assert status == 1
    assert "holds something else" in capsys.readouterr().err
    assert (tmp_path / "precious").exists()
    assert (site / build_site.MARK).exists()


def test_a_link_that_leads_nowhere_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (build_site.ROOT / "mkdocs.yml").read_text()
    begin, rest = settings.split("nav:\n", 1)
    (tmp_path / "mkdocs.yml").write_text(f"{begin}validation:{rest.partition('validation:')[2]}")
    (tmp_path / "README.md").write_text("[a](nowhere.md) [b](#nowhere) [c](script/docs)")
    monkeypatch.setattr(build_site, "ROOT", tmp_path)

    status = build_site.main([str(tmp_path / "site")])

    assert status == 1
    told = capsys.readouterr().err
    assert "contains a link 'nowhere.md', but the target is not found" in told
    assert "contains a link '#nowhere', but there is no such anchor on this page" in told
    assert "contains an unrecognized relative link 'script/docs'" in told
