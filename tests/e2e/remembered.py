"""What the engine remembers and told, judged by what truly happened (`truth`)."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests.e2e.truth import Witnessed

type Row = dict[str, Any]
type Memory = dict[str, list[Row]]

_TABLES = ("print_runs", "printer_faults", "printer_nozzles", "alerts", "outbox")
_MARGIN_S = 3.0
"""What a busy computer may take from a login to the first report, and to a commit."""
_SILENCE_S = 5.0
"""So long after its last word a machine still counts as printing."""
_SETTLES_S = 7.0
"""A FAILED waits six seconds for the code that calls it a cancel."""
_LINK_LINE = re.compile(r" (\w+) +odin_engine\.printers\.service\.fleet: (\w+): (.+)$")


async def read_memory(url: str) -> Memory:
    """Returns every row that is judged; the database must be whole, too."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as database:
            if engine.dialect.name == "sqlite":
                whole = await database.execute(text("PRAGMA integrity_check"))
                assert [tuple(row) for row in whole] == [("ok",)]
                strays = await database.execute(text("PRAGMA foreign_key_check"))
                assert strays.fetchall() == []
            return {table: await _rows(database, table) for table in _TABLES}
    finally:
        await engine.dispose()


async def _rows(database: AsyncConnection, table: str) -> list[Row]:
    found = await database.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
    return [dict(row) for row in found.mappings()]


def judge(
    seen: Mapping[str, Witnessed],
    memory: Memory,
    serials: Mapping[str, str],
    events: Sequence[Row],
) -> None:
    """Passes when nothing is lost, doubled or made up; `serials` are by printer id."""
    for printer_id, serial in serials.items():
        mine = {
            table: [row for row in rows if row.get("printer_id") == printer_id]
            for table, rows in memory.items()
        }
        _check_prints(seen[serial], mine["print_runs"])
        _check_faults(seen[serial], mine["printer_faults"])
        _check_nozzle(seen[serial], mine["printer_nozzles"], mine["print_runs"])
        _check_alerts(seen[serial], mine["alerts"])
    assert [row for row in memory["outbox"] if row["state"] == "waiting"] == []
    _check_events(seen, events)


def _check_prints(machine: Witnessed, rows: list[Row]) -> None:
    """Each print has one row or none, and the row says what is true or that it is unknown."""
    by_name = {row["name"]: row for row in rows}
    assert len(by_name) == len(rows), f"doubled: {[row['name'] for row in rows]}"
    truth = {each.name: each for each in machine.prints}
    assert by_name.keys() <= truth.keys()
    for name, each in truth.items():
        row, ended_s = by_name.get(name), each.ended_s
        assert ended_s is not None
        note = f"{each} heard {machine.heard}, remembered {row}"
        if row is None:
            assert not any(
                heard.covers(ended_s - _MARGIN_S, ended_s + _SETTLES_S)
                or heard.covers(each.began_s, each.began_s + _MARGIN_S)
                for heard in machine.heard
            ), note
            continue
        assert row["result"] in {each.result, "unknown"} or (
            # Found failed before the code came that calls it a cancel.
            (each.result, row["result"]) == ("cancelled", "failed")
            and not any(
                heard.covers(ended_s, ended_s + _MARGIN_S) for heard in machine.heard
            )
        ), note
        shown_until_s = each.next_began_s or ended_s + 60
        if each.result and any(
            heard.touches(ended_s, shown_until_s - _MARGIN_S)
            and (
                heard.ended_s is None
                or heard.ended_s > max(heard.began_s, ended_s) + _SETTLES_S
            )
            for heard in machine.heard
        ):
            assert row["result"] == each.result, note
        if any(
            heard.covers(each.began_s - _MARGIN_S, ended_s + _SETTLES_S)
            for heard in machine.heard
        ):
            assert row["was_seen_starting"], note
            assert row["result"] == (each.result or "unknown"), note


def _check_faults(machine: Witnessed, rows: list[Row]) -> None:
    """Each fault has one row at most, none open twice, and none that never was."""
    still = Counter(code for code, span in machine.faults if span.ended_s is None)
    opened = Counter(row["code"] for row in rows if row["cleared_at"] is None)
    assert opened == still
    true, remembered = (
        Counter(code for code, _ in machine.faults),
        Counter(row["code"] for row in rows),
    )
    assert remembered <= true, f"{machine.faults} remembered {rows}"
    surely = Counter(
        code
        for code, span in machine.faults
        if any(
            heard.covers(span.began_s - _MARGIN_S, span.began_s + _MARGIN_S)
            for heard in machine.heard
        )
        and (span.ended_s is None or span.ended_s > span.began_s + _MARGIN_S)
    )
    assert surely <= remembered, f"{machine.faults} remembered {rows}"


def _check_nozzle(machine: Witnessed, nozzles: list[Row], runs: list[Row]) -> None:
    """A nozzle has the hours of its prints, and no print more than it moved."""
    [nozzle] = nozzles
    counted_s = sum(run["printing_s"] for run in runs)
    assert nozzle["printing_s"] == pytest.approx(counted_s)
    by_name = {run["name"]: run["printing_s"] for run in runs}
    for each in machine.prints:
        lives = sum(
            heard.touches(each.began_s, each.ended_s or 0) for heard in machine.heard
        )
        # A whole second is counted for each second in which it moves.
        most_s = each.moving_s + 1.2 * (each.moves + lives) + _SILENCE_S
        if each.result != "finished":
            # While the reason of its end is awaited it counts as printing.
            most_s += _SETTLES_S
        assert by_name.get(each.name, 0.0) <= most_s, (each, by_name)


def _check_alerts(machine: Witnessed, rows: list[Row]) -> None:
    """A print and a plate are told of once, a fault as often as it came at most."""
    once = Counter(row["key"] for row in rows if row["kind"] in {"print", "plate"})
    assert all(times == 1 for times in once.values()), rows
    told = Counter[str]()
    for row in rows:
        if row["kind"] == "fault":
            told[row["fault_code"]] += row["count"]
    assert told <= Counter(code for code, _ in machine.faults), rows
    still = {code for code, span in machine.faults if span.ended_s is None}
    opened = {
        row["fault_code"]
        for row in rows
        if row["kind"] == "fault" and row["ended_at"] is None
    }
    assert opened == still, rows


def _check_events(seen: Mapping[str, Witnessed], events: Sequence[Row]) -> None:
    """No print was told to begin or to end twice, in all lives of the engine together."""
    for kind in ("print_started", "print_ended"):
        told = Counter(
            (event["data"]["printer_id"], event["data"]["job"]["name"])
            for event in events
            if event["name"] == kind
        )
        assert not [name for name, times in told.items() if times > 1], told
    raised = sum(event["name"] == "fault_raised" for event in events)
    urgent = sum(event["name"] == "attention_needed" for event in events)
    true = sum(len(machine.faults) for machine in seen.values())
    assert raised <= true
    assert urgent <= true


def check_log(log: str, expected: Collection[str] = ()) -> None:
    """A link is logged when it changes and at no other time; nothing else went wrong.

    Lines that contain any of the `expected` may be there.
    """
    last: dict[str, str] = {}
    is_explained = False
    for line in log.splitlines():
        # What follows a line belongs to it until the next one begins with a date.
        if line[:1].isdigit():
            is_explained = any(each in line for each in expected)
        if is_explained:
            continue
        assert "Traceback" not in line, log
        assert " ERROR " not in line, log
        assert " CRITICAL " not in line, log
        found = _LINK_LINE.search(line)
        if found is not None:
            _, name, link = found.groups()
            assert last.get(name) != link, f"twice: {line}\n{log}"
            last[name] = link
        else:
            assert " WARNING " not in line, line
    assert log.count("listening on") <= 1
