"""Faults: which there are, how bad, and in which words."""

from difflib import SequenceMatcher

import pytest

from odin_engine.drivers.printers.bambu.protocol.wording import health, print_fault
from odin_engine.printers.model import Fault, FaultKind, Severity
from tests.engine.drivers.bambu.captures import capture, needs_captures
from tests.engine.drivers.bambu.talk import P1S, X1C, Talk

XCAM = {"attr": 201327360, "code": 196615}


def fault(code: str) -> Fault:
    digits = code.replace("_", "")
    if len(digits) == 8:
        return print_fault(int(digits, 16))
    return health(int(digits[:8], 16), int(digits[8:], 16))


def has_wording(found: Fault) -> bool:
    """Whether the text is more than module, severity and code."""
    return found.code not in found.text


def test_a_health_fault() -> None:
    (found,) = Talk(X1C).full(hms=[XCAM]).faults
    assert found.code == "0C00_0300_0003_0007"
    assert (found.kind, found.severity) == (FaultKind.HEALTH, Severity.COMMON)
    assert (found.module, found.unit, found.slot) == ("xcam", None, None)
    assert found.help_url == "https://wiki.bambulab.com/en/hms/home"


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("0300_0100_0001_0001", Severity.FATAL),
        ("0300_0100_0002_0001", Severity.SERIOUS),
        ("0300_0100_0003_0001", Severity.COMMON),
        ("0300_0100_0004_0001", Severity.INFO),
        ("0300_0100_0009_0001", Severity.COMMON),
        ("0300_4006", Severity.SERIOUS),
        ("0300_8016", Severity.COMMON),
        ("0300_C012", Severity.INFO),
    ],
)
def test_severities(code: str, severity: Severity) -> None:
    assert fault(code).severity is severity


def test_faults_follow_the_list() -> None:
    talk = Talk(P1S)
    talk.full(gcode_state="IDLE", hms=[XCAM])
    talk.says(bed_temper=20.0)
    assert len(talk.state.faults) == 1, "absent is not cleared"
    talk.full(gcode_state="IDLE", bed_temper=21.0)
    assert len(talk.state.faults) == 1, "not even from a full report"
    other = {"attr": 0x0300_0100, "code": 0x0001_0001}
    talk.says(hms=[XCAM, other, XCAM])
    assert [found.code for found in talk.state.faults] == [
        "0C00_0300_0003_0007",
        "0300_0100_0001_0001",
    ]
    talk.says(hms=[other])
    talk.says(hms=[])
    assert talk.happened == [
        "FaultRaised",
        "FaultRaised",
        "AttentionNeeded",
        "FaultCleared",
        "FaultCleared",
    ]


@pytest.mark.parametrize(
    "hms",
    [
        [{}],
        [{"attr": "x", "code": None}],
        [{"attr": 0, "code": 0}],
        [{"attr": -1, "code": 1}],
        [{"attr": 1 << 40, "code": 1}],
        [7, None, []],
    ],
)
def test_rows_that_make_no_sense(hms: list[object]) -> None:
    assert Talk(X1C).full(hms=hms).faults == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"print_error": 0x0300_8016}, "0300_8016"),
        ({"print_error": str(0x0300_8016)}, "0300_8016"),
        ({"print_error": 0, "err": "0300010003008016"}, "0300_8016"),
        ({"err": "3008016"}, "0300_8016"),
        ({"print_error": 0x0300_8016, "err": "0"}, "0300_8016"),
        ({"print_error": 0x0300_3FFF}, None),
        ({"print_error": 0x0300_400C}, None),
        ({"print_error": 0x0500_400E}, None),
        ({"print_error": -1}, None),
        ({"print_error": 1 << 40}, None),
        ({"err": "1234567800000000"}, None),
        ({"err": "zz"}, None),
        ({"print_error": None, "err": None}, None),
    ],
)
def test_the_error_of_the_print(fields: dict[str, object], code: str | None) -> None:
    state = Talk(X1C).full(gcode_state="PAUSE", **fields)
    assert [found.code for found in state.faults] == ([code] if code else [])


def test_either_field_clears_the_error() -> None:
    for clears in ({"print_error": 0}, {"err": "0"}, {"print_error": 0, "err": "0"}):
        talk = Talk(X1C)
        talk.full(gcode_state="PAUSE", print_error=0x0300_8016)
        talk.says(**clears)
        assert talk.state.faults == ()
        talk = Talk(X1C)
        talk.full(gcode_state="PAUSE", err="03008016")
        talk.says(**clears)
        assert talk.state.faults == ()


def test_both_kinds_at_once() -> None:
    state = Talk(X1C).full(gcode_state="PAUSE", hms=[XCAM], print_error=0x0300_8016)
    assert [found.kind for found in state.faults] == [FaultKind.PRINT, FaultKind.HEALTH]


@pytest.mark.parametrize(
    ("code", "begins", "unit", "slot"),
    [
        ("0701_2200_0002_0001", "AMS B slot 3: ", 1, 2),
        ("1802_2000_0002_0001", "AMS HT C: ", 130, 0),
        ("1882_2000_0002_0058", "AMS HT C: ", 130, 0),
        ("1200_2300_0002_0001", "AMS Lite A slot 4: ", 0, 3),
        ("1200_8100_0002_0001", "AMS Lite A slot 2: ", 0, 1),
        ("0700_8100_0001_0001", "AMS A, heater 2: ", 0, None),
        ("07FF_2000_0002_0001", "External spool: ", 255, None),
        ("07FE_2000_0002_0001", "External spool, left: ", 254, None),
        ("07FE_8100_0001_0001", "Head change: ", 254, None),
        ("0583_0500_0001_0017", "AMS HT D ", 131, None),
        ("0702_8011", "AMS C: ", 2, None),
        ("07FE_8011", "External spool, left: ", 254, None),
        ("1801_C069", "AMS HT B: ", 129, None),
        ("0581_4096", "AMS HT B: ", 129, None),
        ("05FE_8080", "Left hotend: ", None, None),
        ("0300_1E00_0001_0001", "Left nozzle heating: ", None, None),
    ],
)
def test_places(code: str, begins: str, unit: int | None, slot: int | None) -> None:
    found = fault(code)
    assert found.text.startswith(begins.rstrip(" ").rstrip(":"))
    assert (found.unit, found.slot) == (unit, slot)
    assert has_wording(found)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "0300_7777_0002_0009",
            "Motion controller reports a serious fault (0300_7777_0002_0009).",
        ),
        (
            "0702_2100_0003_0999",
            "AMS C slot 2 reports a common fault (0702_2100_0003_0999).",
        ),
        (
            "1800_9900_0001_0001",
            "AMS HT A reports a fatal fault (1800_9900_0001_0001).",
        ),
        (
            "AB00_0000_0004_0001",
            "The printer reports an information (AB00_0000_0004_0001).",
        ),
        ("0500_4FFF", "Mainboard reports a serious fault (0500_4FFF)."),
    ],
)
def test_codes_without_words_are_composed(code: str, text: str) -> None:
    found = fault(code)
    assert found.text == text
    assert not has_wording(found)


@pytest.mark.parametrize("code", ["0502_4007", "0502_4009", "0500_0500_0001_0007"])
def test_refused_commands_say_how_to_mend_it(code: str) -> None:
    assert "LAN Only" in fault(code).text
    assert "Developer Mode" in fault(code).text


def _known_codes() -> dict[str, str]:
    table = capture("hms_codes.json")
    return {
        "_".join(code[i : i + 4] for i in range(0, len(code), 4)): table[code]
        for code in table
    }


@needs_captures
def test_at_least_five_hundred_codes_have_words_of_ours() -> None:
    worded = [code for code in _known_codes() if has_wording(fault(code))]
    assert len(worded) >= 5000
    assert len({fault(code).text for code in worded}) >= 500


@needs_captures
def test_the_words_are_not_the_vendors() -> None:
    for code, sentence in _known_codes().items():
        ours = fault(code).text.lower()
        matcher = SequenceMatcher(None, ours, sentence.lower(), autojunk=False)
        if matcher.real_quick_ratio() < 0.8 or matcher.quick_ratio() < 0.8:
            continue
        assert matcher.ratio() < 0.8, f"{code}: {ours!r} is too close to {sentence!r}"


@needs_captures
def test_every_text_reads_as_a_sentence() -> None:
    for code in _known_codes():
        text = fault(code).text
        assert text[0].isupper()
        assert text.endswith((".", "?"))
        assert "{" not in text
        assert len(text) < 200
