"""Project files that no slicer wrote: read as far as they make sense, or refused."""

import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.plates import plate_file
from odin_engine.drivers.printers.bambu.protocol.files import likely_paths
from odin_engine.drivers.printers.bambu.protocol.models import by_code
from odin_engine.kernel.errors import Invalid
from odin_engine.printers.model import Job, PrintFileUnavailable
from odin_engine.printers.ports import PlateFile
from tests.fuzzing import fuzzed

_INFO = "Metadata/slice_info.config"
_PLATE = "Metadata/plate_1.gcode"

_WORDS = st.text(max_size=12) | st.sampled_from(
    [
        *("1", "0", "-1", "1e8", "1e308", "nan", "inf", "٣", "true", "0.4,0.6"),
        *("#FF0000", "index", "prediction", "weight", "C12", "9" * 5000),
    ]
)
_TAGS = st.sampled_from(
    ["plate", "metadata", "filament", "object", "header", "config", "x"]
)
_KEYS = st.sampled_from(
    [
        *("key", "value", "id", "type", "color", "used_g", "used_m", "identify_id"),
        *("name", "group_id", "tray_info_idx"),
    ]
)


def _element(tag: str, facts: dict[str, str], inner: list[str]) -> str:
    told = "".join(f" {key}={quoteattr(value)}" for key, value in facts.items())
    return f"<{tag}{told}>{''.join(inner)}</{tag}>"


_XML = st.recursive(
    st.builds(_element, _TAGS, st.dictionaries(_KEYS, _WORDS, max_size=4), st.just([])),
    lambda inner: st.builds(
        _element,
        _TAGS,
        st.dictionaries(_KEYS, _WORDS, max_size=2),
        st.lists(inner, max_size=5),
    ),
    max_leaves=15,
)
_GOOD = '<plate><metadata key="index" value="1"/></plate>'
_INFOS = (
    _XML.map(lambda xml: f"<config>{_GOOD}{xml}</config>".encode(errors="replace"))
    | _XML.map(lambda xml: xml.encode(errors="replace"))
    | st.binary(max_size=200)
)
_MEMBERS = st.dictionaries(
    st.sampled_from(
        [
            "Metadata/plate_1.json",
            "Metadata/plate_1.png",
            "Metadata/plate_1_small.png",
            "Metadata/project_settings.config",
            "Metadata/plate_2.gcode",
            "../evil",
        ]
    ),
    st.binary(max_size=80)
    | st.binary(max_size=40).map(lambda data: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + data),
    max_size=4,
)


def _zip(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _read(data: bytes, plate: int | None = 1) -> PlateFile | None:
    with suppress(Invalid, PrintFileUnavailable):
        return plate_file(BytesIO(data), plate)
    return None


@given(_INFOS, _MEMBERS, st.none() | st.integers(1, 3))
@example(b"<a>" * 200_000 + b"</a>" * 200_000, {}, 1)
@fuzzed(200)
def test_any_description_is_read_or_refused(
    info: bytes, members: dict[str, bytes], plate: int | None
) -> None:
    found = _read(_zip({_PLATE: b"G1", _INFO: info} | members), plate)
    if found is not None:
        assert found.details.plate == (plate or found.details.plate)
        assert all(len(each.name) <= 200 for each in found.details.objects)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=6),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
@fuzzed(200)
def test_a_damaged_archive_is_read_or_refused(
    damage: list[tuple[int, int]], packing: int
) -> None:
    info = f"<config>{_GOOD}</config>".encode()
    data = bytearray(_zip({_PLATE: b"G1", _INFO: info}, packing))
    for place, value in damage:
        data[place % len(data)] = value
    _read(bytes(data))


@pytest.mark.parametrize("member", [_INFO, "Metadata/plate_1.json"])
def test_a_bomb_is_not_unpacked(member: str) -> None:
    """Each packs a thousand times as small; what claims less is read no further."""
    good = f"<config>{_GOOD}</config>".encode()
    bomb = _zip({_PLATE: b"", _INFO: good, member: b" " * (64 << 20)})
    assert len(bomb) < 1 << 20
    found = _read(bomb)
    assert (found is None) == (member == _INFO)


@given(st.text(max_size=60), st.text(max_size=60))
@example("../../etc/passwd", "/sdcard/../../x.3mf")
@example("a\r\nDELE b", "/sdcard/a\r\nDELE b.3mf")
@fuzzed(200)
def test_no_name_of_a_job_leads_out_of_the_card(name: str, file: str) -> None:
    model = by_code("C12")
    assert model is not None
    for path in likely_paths(Job(name=name, file=file), model):
        assert path.isprintable()
        assert not path.startswith("/")
        assert ".." not in Path(path).parts
