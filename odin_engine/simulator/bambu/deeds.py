"""What a Bambu Lab machine can be told by name."""

from collections.abc import Callable, Mapping

from odin_engine.simulator.bambu import acts
from odin_engine.simulator.bambu.machine.alarms import code_number
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.deeds import (
    NUMBER,
    TEXT,
    Deed,
    Kind,
    Option,
    Parameter,
    lasting,
)

type Act = Callable[[SimulatedPrinter, Mapping[str, Option]], None]


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


_ERROR = Kind("a code such as 0300_8003, in quotes", _code(8))
_HMS = Kind("a code such as 0C00_0300_0003_0008, in quotes", _code(16))
_REFUSAL = Kind("a, b or c", _refusal)
_COLOR = Kind("a colour such as F2754E, in quotes", _color)
_ANY_TRAY = Kind("a tray such as A1, B4, ext, or its number", _tray)
_TRAY = Parameter(_ANY_TRAY, "which tray", is_needed=True)

_MISBEHAVIOURS = (
    lasting(Misbehaviour.BUSY, "Refuses every start as if it were at work."),
    Deed(Misbehaviour.CANCEL, "The running job is cancelled at the screen."),
    Deed(
        Misbehaviour.CHANGE_ACCESS_CODE,
        "Takes another access code and drops whoever used the old one.",
        {"code": Parameter(TEXT, "the new code; its last 8 characters count")},
    ),
    Deed(
        Misbehaviour.CHANGE_CERTIFICATE,
        "Shows a new certificate, as after a switch of LAN mode; drops the link.",
    ),
    lasting(Misbehaviour.DETACHED, "The camera shows a part that came off the bed."),
    lasting(Misbehaviour.DOOR_OPEN, "The door stands open."),
    Deed(Misbehaviour.DROP_LINK, "Cuts every MQTT connection once."),
    lasting(Misbehaviour.DUPLICATE_REPORTS, "Sends every report twice."),
    Deed(
        Misbehaviour.FAULT,
        "Raises an error: 4xxx ends the job, 8xxx and Cxxx pause it.",
        {
            "print_error": Parameter(_ERROR, "spaghetti, 0300_8003, unless given"),
            "hms": Parameter(_HMS, "an entry of the health list besides"),
        },
    ),
    lasting(Misbehaviour.GARBAGE, "Sends broken payloads between whole reports."),
    lasting(Misbehaviour.NON_UTF8, "Sends reports with bytes that are no UTF-8."),
    lasting(
        Misbehaviour.POWER_CUT,
        "Loses power: ports close, the job is lost; ending it switches on again.",
    ),
    lasting(
        Misbehaviour.REFUSE_COMMANDS,
        "Reports and takes no commands, as without Developer Mode.",
        form=Parameter(_REFUSAL, "a: says no (default), b: HMS, c: says nothing"),
    ),
    lasting(Misbehaviour.REORDER_REPORTS, "Sends reports in the wrong order."),
    Deed(
        Misbehaviour.RUNOUT, "The spool in use is empty; a twin takes over, or pause."
    ),
    lasting(Misbehaviour.SILENT, "Says nothing more, while TCP and MQTT stay up."),
    lasting(
        Misbehaviour.SLOW_PARSE,
        "Takes 135 s on its own clock to read a file before it prints.",
        seconds=Parameter(NUMBER, "how long instead of 135"),
    ),
    lasting(Misbehaviour.SPAGHETTI, "The camera shows spaghetti."),
    lasting(Misbehaviour.STALE_100, "Keeps showing 100 % after a start."),
    lasting(Misbehaviour.STORAGE_FULL, "Uploads fail: the card is full."),
    lasting(Misbehaviour.STORAGE_NONE, "There is no card in the printer."),
    lasting(
        Misbehaviour.TRUNCATED_UPLOAD, "Keeps half of an upload and says all is well."
    ),
)

_ACTS: tuple[tuple[Deed, Act], ...] = (
    (Deed("clear_fault", "Dismisses the error on the screen."), acts.clear_fault),
    (Deed("clear_plate", "Takes the finished part off the plate."), acts.clear_plate),
    (Deed("close_door", "Closes the door."), acts.close_door),
    (
        Deed(
            "insert_spool",
            "Puts a spool on a tray, or on the external holder.",
            {
                "tray": _TRAY,
                "preset": Parameter(TEXT, "the filament's id; GFA00 unless given"),
                "color": Parameter(_COLOR, "FFFFFF unless given"),
                "percent": Parameter(NUMBER, "how full; 100 unless given"),
            },
        ),
        acts.insert_spool,
    ),
    (
        Deed("load", "Loads a tray into the head, from the screen.", {"tray": _TRAY}),
        acts.load,
    ),
    (Deed("open_door", "Opens the door."), acts.open_door),
    (Deed("pause", "Presses pause on the screen."), acts.pause),
    (Deed("power_off", "Switches the printer off; the job is lost."), acts.power_off),
    (Deed("power_on", "Switches the printer on."), acts.power_on),
    (
        Deed("refill", "Puts a full spool where the running job's has run out."),
        acts.refill,
    ),
    (Deed("remove_spool", "Takes a spool away.", {"tray": _TRAY}), acts.remove_spool),
    (Deed("resume", "Presses resume on the screen."), acts.resume),
    (
        Deed(
            "start_file",
            "Starts a file of the card from the screen, trays matched by material.",
            {
                "file": Parameter(TEXT, "path on the card; the newest unless given"),
                "plate": Parameter(NUMBER, "1 unless given"),
            },
        ),
        acts.start_file,
    ),
    (
        Deed(
            "start_job",
            "Starts a made-up job, as from the card; no file is needed.",
            {
                "job": Parameter(TEXT, "its name"),
                "minutes": Parameter(NUMBER, "how long it prints; 60 unless given"),
                "layers": Parameter(NUMBER, "100 unless given"),
                "grams": Parameter(NUMBER, "what it uses; 25 unless given"),
                "tray": Parameter(
                    _ANY_TRAY, "the first tray with a spool unless given"
                ),
            },
        ),
        acts.start_job,
    ),
    (Deed("stop", "Presses stop on the screen: the job is cancelled."), acts.stop),
    (Deed("unload", "Takes the filament out of the head."), acts.unload),
)

MISBEHAVIOURS: Mapping[str, Deed] = {deed.name: deed for deed in _MISBEHAVIOURS}
ACTS: Mapping[str, Deed] = {deed.name: deed for deed, _ in _ACTS}
DEEDS: Mapping[str, Deed] = {**MISBEHAVIOURS, **ACTS}
_DO: Mapping[str, Act] = {deed.name: act for deed, act in _ACTS}


def tell(printer: SimulatedPrinter, deed: Deed, options: Mapping[str, object]) -> None:
    """Makes it happen now.

    Raises:
        BadOption: see `Deed.read`.
        NotNow: the machine is not in a state for it.
    """
    read = deed.read(options)
    if deed.name not in _DO:
        printer.machine.misbehave(deed.name, **read)
        return
    _DO[deed.name](printer, read)
    printer.machine.notice()
