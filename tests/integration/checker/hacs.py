"""What HACS asks of a repository: `hacs.json`, one integration, pictures, a licence."""

import json
from collections.abc import Iterator
from pathlib import Path

import probatio
from awesomeversion import AwesomeVersion
from PIL import Image

_SCHEMA = probatio.Schema(
    {
        probatio.Required("name"): probatio.All(str, probatio.Length(min=1)),
        probatio.Optional("content_in_root"): bool,
        probatio.Optional("country"): [
            probatio.All(str, probatio.Length(min=2, max=2))
        ],
        probatio.Optional("filename"): str,
        probatio.Optional("hacs"): str,
        probatio.Optional("hide_default_branch"): bool,
        probatio.Optional("homeassistant"): str,
        probatio.Optional("persistent_directory"): str,
        probatio.Optional("render_readme"): bool,
        probatio.Optional("zip_release"): bool,
    }
)
_PICTURES = {
    "icon.png": (256, 256),
    "icon@2x.png": (512, 512),
    "logo.png": (128, 256),
    "logo@2x.png": (256, 512),
    "dark_icon.png": (256, 256),
    "dark_icon@2x.png": (512, 512),
    "dark_logo.png": (128, 256),
    "dark_logo@2x.png": (256, 512),
}
"""How long the shorter side may be, in pixels. Source: home-assistant/brands, README."""
_NEEDED = {"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"}


def check(root: Path) -> list[str]:
    """Returns what is wrong with the repository in a folder."""
    return [*_form(root), *_integrations(root)]


def _form(root: Path) -> Iterator[str]:
    told = json.loads((root / "hacs.json").read_text(encoding="utf-8"))
    try:
        _SCHEMA(told)
    except probatio.MultipleInvalid as error:
        yield from (str(each) for each in error.errors)
        return
    if told.get("zip_release") and not told.get("filename", "").endswith(".zip"):
        yield "a zip is released and has no name"
    if not AwesomeVersion(told.get("homeassistant", "0")).valid:
        yield "homeassistant is no version"
    for name in ("README.md", "LICENSE"):
        if not (root / name).exists():
            yield f"{name} is missing"


def _integrations(root: Path) -> Iterator[str]:
    folders = sorted(
        path.parent for path in (root / "custom_components").glob("*/manifest.json")
    )
    if len(folders) != 1:
        yield f"{len(folders)} integrations, where one is expected"
    for folder in folders:
        yield from _pictures(folder / "brand")


def _pictures(folder: Path) -> Iterator[str]:
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(_NEEDED - there):
        yield f"the picture {name} is missing"
    for name in sorted(there):
        if name not in _PICTURES:
            yield f"{name} is no picture of a brand"
            continue
        with Image.open(folder / name) as picture:
            yield from _size(name, picture)


def _size(name: str, picture: Image.Image) -> Iterator[str]:
    least, most = _PICTURES[name]
    if picture.format != "PNG":
        yield f"{name} is {picture.format}"
    if not least <= min(picture.size) <= most:
        yield f"{name} is {picture.width}x{picture.height}"
    if "icon" in name and picture.width != picture.height:
        yield f"{name} is not square"
