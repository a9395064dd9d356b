"""What a machine remembers while nobody simulates it: its job, its spools, its code.

One small JSON file for each, so that a second start of a farm goes on where the first
one ended. Heat is not kept: a machine that was off is cold.
"""

import logging
from pathlib import Path
from typing import Any

import orjson

from odin_engine.simulator.member import Member

_LOG = logging.getLogger(__name__)

_VERSION = 1


def write(file: Path, member: Member) -> None:
    """Writes down a machine in one stroke, readable by the owner: it holds a code."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(orjson.dumps({"version": _VERSION, **member.keep()}))
    fresh.replace(file)


def read(file: Path, member: Member) -> bool:
    """Brings a machine to where it was; says whether anything was known of it."""
    try:
        kept: dict[str, Any] = orjson.loads(file.read_bytes())
        if kept["version"] != _VERSION:
            return False
        member.restore(kept)
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        _LOG.warning("%s starts anew, %s: %s", member.name, file, error)
        return False
    return True
