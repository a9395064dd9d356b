"""Faults in words of our own; the codes say where in the protocol they come from.

Source: SDCP V3.0.0, `ErrorNumber`, `ErrorStatusReason`, `DevicesStatus`; the same
reason means other things on FDM machines (elegoo-link).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.fields import real, table, whole
from odin_engine.printers.model import Fault, FaultKind, Severity

_ERROR_NUMBERS = {
    1: "The file arrived damaged. Send it again.",
    2: "The file cannot be read.",
    3: "The file was sliced for another screen resolution.",
    4: "The file's format is not known to the printer.",
    5: "The file was sliced for another printer model.",
}
_REASONS = {
    1: "Too hot: a heater or the light source exceeded its limit.",
    2: "The force sensor could not be calibrated.",
    3: "The resin runs low.",
    4: "The model needs more resin than the vat holds.",
    5: "There is no resin in the vat.",
    6: "Something lies in the vat or on the plate.",
    7: "Levelling failed.",
    8: "The model came off the plate.",
    9: "The force sensor is not connected.",
    10: "The LCD does not work.",
    11: "The release film is worn out.",
    12: "The USB stick was removed.",
    13: "The X axis could not be homed.",
    14: "The Z axis could not be homed.",
    15: "The resin level is too high.",
    16: "The resin level is too low.",
    17: "Homing failed.",
    18: "A model is still on the plate.",
    19: "The print ended with an error.",
    20: "An axis moved differently than told.",
    21: "The camera saw no model on the plate.",
    22: "The camera saw a warped model.",
    23: "The Y axis could not be homed.",
    24: "The file is damaged.",
    25: "The camera failed.",
    26: "The network failed.",
    27: "The maker's server could not be reached.",
    28: "The printer is no longer bound to the app.",
    29: "The automatic feeder failed.",
    30: "The automatic feeder failed.",
    31: "The automatic feeder failed.",
    32: "The automatic feeder failed.",
    33: "The vat's sensor is not connected.",
    34: "The vat is too hot.",
}
_FDM_REASONS = {
    1: "Too hot: a heater exceeded its limit.",
    3: "The filament ran out.",
    4: "The print ended with an error.",
    5: "The filament ran out.",
    6: "The nozzle or the filament path is jammed.",
    8: "The print came off the bed.",
    18: "The print does not stick to the bed.",
    33: "The nozzle's temperature sensor is not connected.",
    34: "The bed's temperature sensor is not connected.",
    45: "The filament is nearly used up.",
}
_TROUBLES = {
    "1": "The file that was sent arrived damaged. Send it again.",
    "2": "The file that was sent is not one this printer can print.",
}
_ABNORMAL = {
    "TempSensorStatusOfUVLED": "The temperature sensor of the light source is out of order.",
    "SgStatus": "The force sensor is not calibrated.",
}
_AWAY = {
    "LCDStatus": "The LCD is not connected.",
    "ZMotorStatus": "The Z motor is not connected.",
    "TempSensorStatusOfUVLED": "The temperature sensor of the light source is away.",
}
_FILM_KEYS = ("RelaseFilmState", "ReleaseFilmState")


def error_fault(number: int) -> Fault:
    """Returns the fault for an `ErrorNumber`."""
    words = _ERROR_NUMBERS.get(number, f"The printer reports the error {number}.")
    return Fault(f"error-{number}", FaultKind.PRINT, Severity.SERIOUS, words)


def reason_fault(reason: int, dialect: Dialect) -> Fault:
    """Returns the fault for an `ErrorStatusReason` of the machine's history."""
    known = _REASONS | _FDM_REASONS if dialect is Dialect.FDM else _REASONS
    words = known.get(reason, f"The print stopped for the reason {reason}.")
    return Fault(f"reason-{reason}", FaultKind.PRINT, Severity.SERIOUS, words)


def trouble_fault(code: str) -> Fault:
    """Returns the fault for a push on `sdcp/error`."""
    words = _TROUBLES.get(code, f"The printer reports the error {code or 'unnamed'}.")
    return Fault(f"sdcp-{code}", FaultKind.PRINT, Severity.COMMON, words)


def device_faults(
    attributes: Mapping[str, Any], status: Mapping[str, Any], dialect: Dialect
) -> Iterator[Fault]:
    """Yields what of a resin machine is broken or worn; FDM machines send zeros."""
    devices = table(attributes.get("DevicesStatus"))
    if dialect is Dialect.FDM or not any(whole(each) for each in devices.values()):
        return
    for key, words in _AWAY.items():
        if key in devices and whole(devices[key]) == 0:
            yield _health(f"{key}-0", Severity.SERIOUS, words)
    for key, words in _ABNORMAL.items():
        if whole(devices.get(key)) == 2:
            yield _health(f"{key}-2", Severity.COMMON, words)
    if any(key in devices and whole(devices[key]) == 0 for key in _FILM_KEYS):
        yield _health(
            "ReleaseFilm-0", Severity.COMMON, "The release film is out of order."
        )
    elif _has_reached(status.get("ReleaseFilm"), attributes.get("ReleaseFilmMax")):
        yield _health(
            "ReleaseFilm-max",
            Severity.INFO,
            "The release film has done as many layers as it is made for.",
        )
    if _has_reached(status.get("TempOfUVLED"), attributes.get("TempOfUVLEDMax")):
        yield _health(
            "TempOfUVLED-max", Severity.SERIOUS, "The light source is too hot."
        )


def _has_reached(value: object, limit: object) -> bool:
    now, most = real(value), real(limit)
    return now is not None and most is not None and 0 < most <= now


def _health(code: str, severity: Severity, words: str) -> Fault:
    return Fault(code, FaultKind.HEALTH, severity, words)
