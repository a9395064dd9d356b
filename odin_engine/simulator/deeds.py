"""Everything that a simulated printer can be told by name: by a file, or while it runs.

Two kinds: what goes wrong (misbehaviours), and what a person does at the machine (acts).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from odin_engine.simulator import acts
from odin_engine.simulator.bambu.machine.alarms import code_number
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour, Option
from odin_engine.simulator.bambu.printer import SimulatedPrinter

type Act = Callable[[SimulatedPrinter, Mapping[str, Option]], None]


class UnknownName(ValueError):
    """Nothing is called so; the text lists what there is."""


class BadOption(ValueError):
    """An option is unknown, missing, or not what it must be."""


class Kind(Enum):
    """What an option holds, and how it reads in a sentence."""

    NUMBER = "a number above 0"
    TEXT = "a text"
    ERROR = "a code such as 0300_8003, in quotes"
    HMS = "a code such as 0C00_0300_0003_0008, in quotes"
    REFUSAL = "a, b or c"
    TRAY = "a tray such as A1, B4, ext, or its number"
    COLOR = "a colour such as F2754E, in quotes"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a deed."""

    kind: Kind
    help: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens by name. One that `lasts` can be ended again."""

    name: str
    help: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lasts: bool = False
    act: Act | None = None

    def read(self, options: Mapping[str, object]) -> dict[str, Option]:
        """Reads options as a file, a request or a command line gives them.

        Raises:
            BadOption: one is unknown, missing, or not what it must be.
        """
        for name in options:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "nothing"
                raise BadOption(f"{self.name} takes no {name!r}; it takes: {known}")
        for name, parameter in self.parameters.items():
            if parameter.is_needed and name not in options:
                raise BadOption(f"{self.name} needs {name}: {parameter.kind.value}")
        return {
            name: _value(name, self.parameters[name].kind, given)
            for name, given in options.items()
        }


_FOR_S = Parameter(Kind.NUMBER, "seconds after which it ends by itself")
_TRAY = Parameter(Kind.TRAY, "which tray", is_needed=True)


def _lasting(name: Misbehaviour, text: str, **parameters: Parameter) -> Deed:
    return Deed(name, text, {**parameters, "for_s": _FOR_S}, lasts=True)


_MISBEHAVIOURS = (
    _lasting(Misbehaviour.BUSY, "Refuses every start as if it were at work."),
    Deed(Misbehaviour.CANCEL, "The running job is cancelled at the screen."),
    Deed(
        Misbehaviour.CHANGE_ACCESS_CODE,
        "Takes another access code and drops whoever used the old one.",
        {"code": Parameter(Kind.TEXT, "the new code; its last 8 characters count")},
    ),
    Deed(
        Misbehaviour.CHANGE_CERTIFICATE,
        "Shows a new certificate, as after a switch of LAN mode; drops the link.",
    ),
    _lasting(Misbehaviour.DETACHED, "The camera shows a part that came off the bed."),
    _lasting(Misbehaviour.DOOR_OPEN, "The door stands open."),
    Deed(Misbehaviour.DROP_LINK, "Cuts every MQTT connection once."),
    _lasting(Misbehaviour.DUPLICATE_REPORTS, "Sends every report twice."),
    Deed(
        Misbehaviour.FAULT,
        "Raises an error: 4xxx ends the job, 8xxx and Cxxx pause it.",
        {
            "print_error": Parameter(Kind.ERROR, "spaghetti, 0300_8003, unless given"),
            "hms": Parameter(Kind.HMS, "an entry of the health list besides"),
        },
    ),
    _lasting(Misbehaviour.GARBAGE, "Sends broken payloads between whole reports."),
    _lasting(Misbehaviour.NON_UTF8, "Sends reports with bytes that are no UTF-8."),
    _lasting(
        Misbehaviour.POWER_CUT,
        "Loses power: ports close, the job is lost; ending it switches on again.",
    ),
    _lasting(
        Misbehaviour.REFUSE_COMMANDS,
        "Reports and takes no commands, as without Developer Mode.",
        form=Parameter(Kind.REFUSAL, "a: says no (default), b: HMS, c: says nothing"),
    ),
    _lasting(Misbehaviour.REORDER_REPORTS, "Sends reports in the wrong order."),
    Deed(
        Misbehaviour.RUNOUT, "The spool in use is empty; a twin takes over, or pause."
    ),
    _lasting(Misbehaviour.SILENT, "Says nothing more, while TCP and MQTT stay up."),
    _lasting(
        Misbehaviour.SLOW_PARSE,
        "Takes 135 s on its own clock to read a file before it prints.",
        seconds=Parameter(Kind.NUMBER, "how long instead of 135"),
    ),
    _lasting(Misbehaviour.SPAGHETTI, "The camera shows spaghetti."),
    _lasting(Misbehaviour.STALE_100, "Keeps showing 100 % after a start."),
    _lasting(Misbehaviour.STORAGE_FULL, "Uploads fail: the card is full."),
    _lasting(Misbehaviour.STORAGE_NONE, "There is no card in the printer."),
    _lasting(
        Misbehaviour.TRUNCATED_UPLOAD, "Keeps half of an upload and says all is well."
    ),
)

_ACTS = (
    Deed("clear_fault", "Dismisses the error on the screen.", act=acts.clear_fault),
    Deed("clear_plate", "Takes the finished part off the plate.", act=acts.clear_plate),
    Deed("close_door", "Closes the door.", act=acts.close_door),
    Deed(
        "insert_spool",
        "Puts a spool on a tray, or on the external holder.",
        {
            "tray": _TRAY,
            "preset": Parameter(Kind.TEXT, "the filament's id; GFA00 unless given"),
            "color": Parameter(Kind.COLOR, "FFFFFF unless given"),
            "percent": Parameter(Kind.NUMBER, "how full; 100 unless given"),
        },
        act=acts.insert_spool,
    ),
    Deed(
        "load",
        "Loads a tray into the head, from the screen.",
        {"tray": _TRAY},
        act=acts.load,
    ),
    Deed("open_door", "Opens the door.", act=acts.open_door),
    Deed("pause", "Presses pause on the screen.", act=acts.pause),
    Deed("power_off", "Switches the printer off; the job is lost.", act=acts.power_off),
    Deed("power_on", "Switches the printer on.", act=acts.power_on),
    Deed(
        "refill",
        "Puts a full spool where the running job's has run out.",
        act=acts.refill,
    ),
    Deed("remove_spool", "Takes a spool away.", {"tray": _TRAY}, act=acts.remove_spool),
    Deed("resume", "Presses resume on the screen.", act=acts.resume),
    Deed(
        "start_file",
        "Starts a file of the card from the screen, trays matched by material.",
        {
            "file": Parameter(Kind.TEXT, "path on the card; the newest unless given"),
            "plate": Parameter(Kind.NUMBER, "1 unless given"),
        },
        act=acts.start_file,
    ),
    Deed(
        "start_job",
        "Starts a made-up job, as from the card; no file is needed.",
        {
            "job": Parameter(Kind.TEXT, "its name"),
            "minutes": Parameter(Kind.NUMBER, "how long it prints; 60 unless given"),
            "layers": Parameter(Kind.NUMBER, "100 unless given"),
            "grams": Parameter(Kind.NUMBER, "what it uses; 25 unless given"),
            "tray": Parameter(Kind.TRAY, "the first tray with a spool unless given"),
        },
        act=acts.start_job,
    ),
    Deed("stop", "Presses stop on the screen: the job is cancelled.", act=acts.stop),
    Deed("unload", "Takes the filament out of the head.", act=acts.unload),
)

MISBEHAVIOURS: Mapping[str, Deed] = {deed.name: deed for deed in _MISBEHAVIOURS}
ACTS: Mapping[str, Deed] = {deed.name: deed for deed in _ACTS}


def find(name: str, among: Mapping[str, Deed] | None = None) -> Deed:
    """Finds a deed by its name.

    Raises:
        UnknownName: nothing is called so.
    """
    table = {**MISBEHAVIOURS, **ACTS} if among is None else among
    deed = table.get(name.replace("-", "_"))
    if deed is None:
        raise UnknownName(f"nothing is called {name!r}; there are: {', '.join(table)}")
    return deed


def tell(printer: SimulatedPrinter, deed: Deed, options: Mapping[str, object]) -> None:
    """Makes it happen now.

    Raises:
        BadOption: see `Deed.read`.
        acts.NotNow: the machine is not in a state for it.
    """
    read = deed.read(options)
    if deed.act is None:
        printer.machine.misbehave(deed.name, **read)
        return
    deed.act(printer, read)
    printer.machine.notice()


def _value(name: str, kind: Kind, given: object) -> Option:
    try:
        return _READERS[kind](given)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadOption(f"{name}: {given!r} is not {kind.value}") from error


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise TypeError
    number = float(given)
    if not 0 < number < 1e9:
        raise ValueError
    return number


def _text(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise TypeError
    text = str(given)
    if not text or len(text) > 256:
        raise ValueError
    return text


def _code(digits: int) -> Callable[[object], str]:
    def read(given: object) -> str:
        # YAML reads 0500_4003 as an octal number.
        if not isinstance(given, str) or not 0 < code_number(given) < 16**digits:
            raise ValueError
        return given

    return read


def _refusal(given: object) -> str:
    if given not in {"a", "b", "c"}:
        raise ValueError
    return str(given)


def _color(given: object) -> str:
    if not isinstance(given, str) or len(given.lstrip("#")) not in {6, 8}:
        raise ValueError
    int(given.lstrip("#"), 16)
    return given


def _tray(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise TypeError
    return acts.flat_number(str(given))


_READERS: Mapping[Kind, Callable[[object], Option]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.ERROR: _code(8),
    Kind.HMS: _code(16),
    Kind.REFUSAL: _refusal,
    Kind.TRAY: _tray,
    Kind.COLOR: _color,
}
