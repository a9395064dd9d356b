"""What machines of every family say in one print is understood, and stays understood.

The recordings are of our own simulators; `tests/recordings/make.py` makes them.
"""

from pathlib import Path

import pytest

from odin_engine.drivers import families
from odin_engine.printers.events import (
    PrintEnded,
    PrintPaused,
    PrintResumed,
    PrintStarted,
)
from odin_engine.printers.model import Activity, PrintResult
from odin_engine.printers.ports import Surroundings
from tests import recordings
from tests.recordings.make import MACHINES

_FOLDER = Path(recordings.__file__).parent
_FILES = sorted(_FOLDER.glob("*/*.jsonl"))
_IN_A_PRINT = (PrintStarted, PrintPaused, PrintResumed, PrintEnded)


def test_there_is_one_of_each_family(tmp_path: Path) -> None:
    recorded = {path.parent.name for path in _FILES}
    assert recorded == set(families.load(Surroundings(tmp_path)))
    assert {f"{path.parent.name}/{path.stem}" for path in _FILES} == set(MACHINES)


@pytest.mark.parametrize(
    "path", _FILES, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_recorded_print_is_told_whole(path: Path, tmp_path: Path) -> None:
    family = families.load_one(path.parent.name, Surroundings(tmp_path))
    assert family is not None
    recording = family.read_recording(path.read_bytes())
    assert recording.bad_lines == ()
    state, happened = family.replay(recording.records)
    printed = [event for event in happened if isinstance(event, _IN_A_PRINT)]
    assert [type(event) for event in printed] == list(_IN_A_PRINT)
    last = printed[-1]
    assert isinstance(last, PrintEnded)
    assert last.result is PrintResult.FINISHED
    assert last.job is not None
    assert last.job.name
    assert last.job.progress_pct == 100
    assert state.activity is Activity.FINISHED
    assert state.model is not None
    assert state.model.family == path.parent.name
