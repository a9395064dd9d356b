"""The documents point to what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_DOCUMENTS = sorted(
    {
        ROOT / "README.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/adr/*.md"),
        *ROOT.glob("docs/home-assistant/*.md"),
    }
)
_PATH = re.compile(r"`((?:odin_engine|tests|script|docs|frontend_panel)/[\w./-]+)`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_every_path_in_a_document_exists(document: Path) -> None:
    text = document.read_text()
    missing = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    missing += [
        link for link in _LINK.findall(text) if not (document.parent / link).exists()
    ]
    assert not missing


def test_functions_named_in_the_walk_exist() -> None:
    walk = (ROOT / "docs" / "walk.md").read_text()
    named = re.findall(r"`(odin_engine/[\w/]+\.py)`\s+`(\w+)`", walk)
    assert len(named) > 8
    for path, name in named:
        source = (ROOT / path).read_text()
        assert re.search(rf"def {name}\b|class {name}\b", source), f"{path} {name}"
