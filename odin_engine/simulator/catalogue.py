"""What the machines of each family can be told by name, without running one."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from odin_engine.simulator import kinds
from odin_engine.simulator.bambu.deeds import ACTS, MISBEHAVIOURS
from odin_engine.simulator.deeds import Deed
from odin_engine.simulator.kinds import BAMBU, Find
from odin_engine.simulator.plain.member import PlainMember


def deeds_of(
    family: str, find: Find = kinds.find
) -> tuple[Mapping[str, Deed], Mapping[str, Deed]]:
    """Returns the misbehaviours and the acts of a family, by name.

    Raises:
        UnknownFamily: there is none of this name.
    """
    if family == BAMBU:
        return MISBEHAVIOURS, ACTS
    kind = find(family)
    with TemporaryDirectory(prefix="odin-simulator-") as folder:
        simulated = kind.make(family, state_dir=Path(folder))
        member = PlainMember(kind, simulated, family)
    return member.misbehaviours, member.acts
