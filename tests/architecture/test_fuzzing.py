"""`docs/security.md` states how many inputs each parser is fed; so many they are."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROW = re.compile(
    r"^\|[^|]+\|\s*(\d+)[^|]*\|\s*`(tests/[\w/]+\.py)`\s*\|$", re.MULTILINE
)


def test_the_stated_numbers_are_the_real_ones() -> None:
    stated: dict[str, int] = {}
    for count, file in _ROW.findall((ROOT / "docs" / "security.md").read_text()):
        stated[file] = stated.get(file, 0) + int(count)
    real = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "tests").rglob("test_*.py")
        if (count := _inputs(path))
    }
    assert stated == real


def _inputs(path: Path) -> int:
    """Returns the sum of what a file's tests take in CI."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    total = 0
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="fuzzed"), args=[ast.Constant(value=int(n))]
            ):
                total += n
            case ast.Call(func=ast.Name(id="fuzzed"), args=[ast.Name(id=name)]):
                total += int(str(constants[name]))
    return total
