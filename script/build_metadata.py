"""Build hook: the wheel's dependencies are the names in requirements/engine.in."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class EngineDependencies(MetadataHookInterface):
    """Fills `dependencies` from the one list that script/lock also compiles."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Sets `dependencies`; blank lines and comments are left out."""
        lines = Path(self.root, "requirements", "engine.in").read_text().splitlines()
        names = [line.strip() for line in lines]
        metadata["dependencies"] = [n for n in names if n and not n.startswith("#")]
