"""Which machine it is. The interface has no field for that; several hint at it.

In the order of trust: Prusa Connect's code of the model (`printer`, on newer firmware),
the machine that the Pi's program was set up for (`original`), and the name that the
firmware gives itself in the network, as long as nobody changed it. A serial tells
nothing: machines are rebuilt into others. Source: Buddy `printer_type.hpp` and
`config.h`; Prusa-Connect-SDK `const.PrinterType`; captures.
"""

import re

from odin_engine.drivers.printers.prusalink.protocol.answers import Info, Version
from odin_engine.printers.model import Model

FAMILY = "prusalink"
_MAKER = "Prusa Research"

_NAMES = {
    "mk2_5": "MK2.5",
    "mk2_5s": "MK2.5S",
    "mk3": "MK3",
    "mk3s": "MK3S",
    "mk3_5": "MK3.5",
    "mk3_9": "MK3.9",
    "mk4": "MK4",
    "mk4s": "MK4S",
    "mini": "MINI",
    "xl": "XL",
    "ix": "iX",
    "core_one": "CORE One",
    "core_one_l": "CORE One L",
}
_BY_CODE = {
    "1.2.5": "mk2_5",
    "1.2.6": "mk2_5s",
    "1.3.0": "mk3",
    "1.3.1": "mk3s",
    "1.3.5": "mk3_5",
    "1.3.9": "mk3_9",
    "1.4.0": "mk4",
    "1.4.1": "mk4s",
    "2.1.0": "mini",
    "3.1.0": "xl",
    "4.1.0": "ix",
    "7.1.0": "core_one",
}
_BY_WORD = {
    "i3mk25": "mk2_5",
    "i3mk25s": "mk2_5s",
    "i3mk3": "mk3",
    "i3mk3s": "mk3s",
    "mk35": "mk3_5",
    "mk39": "mk3_9",
    "mk4": "mk4",
    "mk4s": "mk4s",
    "mini": "mini",
    "xl": "xl",
    "ix": "ix",
    "coreone": "core_one",
    "coreonel": "core_one_l",
}
_NOT_A_WORD = re.compile(r"[^a-z0-9]")


def is_resin(version: Version) -> bool:
    """Whether it is an SL1, which speaks another protocol under the same name."""
    return (version.title or "").startswith("Prusa SLA")


def is_pi(version: Version | None) -> bool:
    """Whether the program on a Raspberry Pi answers, rather than the firmware."""
    return version is not None and bool(version.original or version.sdk)


def model(version: Version | None, info: Info | None) -> Model:
    """Returns the machine as far as it says; what nobody knows stays `None`."""
    found = _id(version or Version(), info or Info())
    return Model(
        family=FAMILY,
        id=found,
        name=None if found is None else _NAMES[found],
        maker=_MAKER,
        serial=info.serial if info is not None else None,
    )


def model_by_hostname(hostname: str | None) -> str | None:
    """Returns the name of the model that calls itself so, before anybody renamed it."""
    found = _by_hostname(hostname)
    return None if found is None else _NAMES[found]


def _id(version: Version, info: Info) -> str | None:
    code = version.printer or ""
    original = (version.original or "").removeprefix("PrusaLink")
    return (
        _BY_CODE.get(code)
        or _BY_WORD.get(_word(code))
        or _BY_WORD.get(_word(original))
        or _by_hostname(version.hostname)
        or _by_hostname(info.hostname)
    )


def _by_hostname(hostname: str | None) -> str | None:
    word = _word((hostname or "").partition(".")[0])
    if not word.startswith("prusa"):
        return None
    return _BY_WORD.get(word.removeprefix("prusa"))


def _word(text: str) -> str:
    return _NOT_A_WORD.sub("", text.lower())
