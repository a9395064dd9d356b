import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from odin_engine.drivers import families
from odin_engine.printers.ports import Surroundings

# Of Bambu's family everything but its name, so that it is whole.
_GOOD = """
from odin_engine.drivers.printers.bambu.family import BambuFamily
class Family(BambuFamily):
    name = "{name}"
def make(surroundings):
    return Family(surroundings.data_dir)
"""
type Install = Callable[[str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a package with one module and one entry point where Python looks."""
    modules: list[str] = []
    monkeypatch.syspath_prepend(tmp_path)

    def install(name: str, code: str, package: str = "odin-stranger") -> None:
        module = f"stranger_{package.replace('-', '_')}"
        modules.append(module)
        (tmp_path / f"{module}.py").write_text(code.replace("{name}", name))
        info = tmp_path / f"{package.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        points = f"[{families.GROUP}]\n{name} = {module}:make\n"
        (info / "entry_points.txt").write_text(points)

    yield install
    for module in modules:
        sys.modules.pop(module, None)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


def test_ours_are_there(around: Surroundings) -> None:
    assert "bambu" in families.names()
    found = families.load(around)
    assert found["bambu"].label == "Bambu Lab"
    for name, family in found.items():
        assert family.name == name
        assert family.fields[0].name == "host"
        assert family.label


def test_a_strangers_family_is_found(install: Install, around: Surroundings) -> None:
    install("gadget", _GOOD, "odin-gadget")
    assert "gadget" in families.names()
    assert families.load(around)["gadget"].name == "gadget"
    one = families.load_one("gadget", around)
    assert one is not None
    assert one.name == "gadget"
    assert families.load_one("abacus", around) is None


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise ValueError('not today')", "not today"),
        ("raise SystemExit(3)", "SystemExit"),
        ("import a_module_that_nobody_has", "a_module_that_nobody_has"),
        ("def make(around): raise KeyError('x')", "KeyError"),
        ("x = 3", "make"),
        ("def make(around): return object()", "it lacks check, discover"),
        (_GOOD.replace("{name}", "another"), "it calls itself 'another'"),
        (_GOOD + "\nFamily.fields = ()", "its first field is not the host"),
        (
            _GOOD
            + "\nfrom odin_engine.printers.ports import Field"
            + "\nFamily.fields = (Field('host', 'text', ''), Field('pin', 'secret', ''))",
            "where everybody sees it",
        ),
        ("this is no Python", "SyntaxError"),
    ],
)
def test_a_broken_one_is_left_out_by_name(
    install: Install,
    around: Surroundings,
    caplog: pytest.LogCaptureFixture,
    code: str,
    why: str,
) -> None:
    install("gadget", code, "odin-gadget")
    found = families.load(around)
    assert "gadget" not in found
    assert "bambu" in found
    (told,) = (each for each in caplog.records if "gadget" in each.getMessage())
    assert told.levelno == logging.ERROR
    assert "odin-gadget" in caplog.text
    assert why in caplog.text


def test_of_two_with_one_name_ours_is_used(
    install: Install, around: Surroundings, caplog: pytest.LogCaptureFixture
) -> None:
    install("bambu", _GOOD, "aaa-bambu")
    found = families.load(around)
    assert type(found["bambu"]).__name__ == "BambuFamily"
    assert "two packages bring printers called bambu" in caplog.text
    assert "aaa-bambu" in caplog.text
    assert len([name for name in families.names() if name == "bambu"]) == 1
