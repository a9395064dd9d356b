"""The page about speed says what was measured, figure by figure."""

from pathlib import Path

from tests.bench.figures import Figure, Unit
from tests.bench.kept import Kept, markdown, read, shows, write, write_table
from tests.bench.run import BENCHMARKS, BIG, DOCUMENT, FIGURES

ROOT = Path(__file__).parents[2]
_ABOUT = {
    "python": "3.14.2",
    "machine": "x86_64",
    "cores": 2,
    "memory_gib": 8,
    "load_before": 0.1,
}


def test_the_page_shows_what_was_kept() -> None:
    assert shows(read(ROOT / FIGURES), ROOT / DOCUMENT), "script/bench --table"


def test_the_page_explains_every_benchmark() -> None:
    text = (ROOT / DOCUMENT).read_text()
    assert [name for name in BENCHMARKS + BIG if f"`{name}`" not in text] == []


def test_rounds_become_a_table(tmp_path: Path) -> None:
    kept = Kept(dict(_ABOUT))
    for measured in (0.002, 0.001, 0.004):
        kept.add(
            "one",
            [
                Figure("fast", measured, "≤ 3 x", "base", 0.001),
                Figure("slow", measured, "≤ 1 ms"),
                Figure("big", 5e6 * measured, "flat", unit=Unit.BYTES),
            ],
        )
    write(kept, tmp_path / "figures.json")
    lines = list(markdown(read(tmp_path / "figures.json")))
    assert "2 cores (x86_64), 8 GiB, Python 3.14.2" in lines[0]
    assert lines[2] == "**`one`**, 3 rounds"
    assert lines[6].split(" | ")[1:] == [
        "2 ms (1 ms to 4 ms)",
        "2.00 x (1.00 x to 4.00 x)",
        "base (1 ms)",
        "≤ 3 x",
        "yes |",
    ]
    assert lines[7].endswith("≤ 1 ms | **no** |")
    assert lines[8].endswith("flat |  |")
    document = tmp_path / "page.md"
    document.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n")
    write_table(kept, document)
    text = document.read_text()
    assert shows(kept, document)
    assert "old" not in text
    assert text.startswith("before\n<!-- figures -->\n2 cores")
    assert text.endswith("|\n<!-- /figures -->\nafter\n")
