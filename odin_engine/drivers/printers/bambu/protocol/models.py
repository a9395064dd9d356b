"""Which machine this is, and what follows from that.

Source: docs/protocols/bambu.md §1 (codes, prefixes, heads, cameras, paths) and §6.3
(doors, fans); the maxima are those of the vendor's own client, file
`resources/printers/<code>.json` of bambulab/BambuStudio.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.fields import rows, table, text
from odin_engine.printers.model import Calibration, CameraKind


class DoorSensor(StrEnum):
    """Where a machine says whether its door is open (§6.3)."""

    NONE = "none"
    HOME_FLAG = "home_flag"
    STAT = "stat"


_PLATE = (256.0, 256.0)
_FANS_PART = ("part",)
_FANS_BOX = ("aux", "chamber", "part")
_FANS_TWO_AUX = ("aux", "aux_left", "chamber", "part")
_CALIBRATIONS_X1 = (Calibration.LIDAR, Calibration.BED_LEVEL, Calibration.VIBRATION)
_CALIBRATIONS_P1 = (Calibration.BED_LEVEL, Calibration.VIBRATION)
_CALIBRATIONS_A1 = (*_CALIBRATIONS_P1, Calibration.MOTOR_NOISE)
_CALIBRATIONS_H2 = (*_CALIBRATIONS_P1, Calibration.HOT_BED_LEVEL)
_CALIBRATIONS_TWO = (*_CALIBRATIONS_H2, Calibration.NOZZLE_OFFSET)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model. `id` and `name` are `None` for one that we do not know.

    `codes` are those of discovery and of the file formats. `print_url` is the form of
    `project_file.url`, `{path}` being the path below the storage's root; `upload_folder`
    is where uploads go, seen from the FTPS root. `plate_mm` is width and depth of what
    can be printed on. `sends_deltas`: P1 and A1 send what
    changed, and a `pushall` makes them lag (§4).
    """

    id: str | None = None
    name: str | None = None
    codes: tuple[str, ...] = ()
    serial_prefix: str | None = None
    product_names: tuple[str, ...] = ()
    heads: int = 1
    has_hotend_rack: bool = False
    has_chamber_sensor: bool = False
    camera: CameraKind | None = None
    door: DoorSensor = DoorSensor.NONE
    print_url: str = "file:///sdcard/{path}"
    upload_folder: str = ""
    sends_deltas: bool = False
    nozzle_max_c: int = 300
    bed_max_c: int = 100
    chamber_max_c: int | None = None
    plate_mm: tuple[float, float] | None = None
    fans: tuple[str, ...] = _FANS_BOX
    lights: tuple[str, ...] = ("chamber",)
    calibrations: tuple[Calibration, ...] = _CALIBRATIONS_P1
    start_deadline_s: int = 180

    @property
    def is_known(self) -> bool:
        """Whether the model is in the table."""
        return self.id is not None


_X1C = ModelInfo(
    id="x1c",
    name="X1 Carbon",
    codes=("BL-P001",),
    serial_prefix="00M",
    product_names=("x1 carbon", "x1c"),
    has_chamber_sensor=True,
    camera=CameraKind.RTSPS,
    door=DoorSensor.HOME_FLAG,
    bed_max_c=120,
    plate_mm=_PLATE,
    calibrations=_CALIBRATIONS_X1,
)
_P1S = ModelInfo(
    id="p1s",
    name="P1S",
    codes=("C12",),
    serial_prefix="01P",
    product_names=("p1s",),
    camera=CameraKind.JPEG,
    sends_deltas=True,
    plate_mm=_PLATE,
    start_deadline_s=300,
)
_A1 = ModelInfo(
    id="a1",
    name="A1",
    codes=("N2S",),
    serial_prefix="039",
    product_names=("a1",),
    camera=CameraKind.JPEG,
    sends_deltas=True,
    plate_mm=_PLATE,
    fans=_FANS_PART,
    calibrations=_CALIBRATIONS_A1,
    start_deadline_s=300,
)
_H2D = ModelInfo(
    id="h2d",
    name="H2D",
    codes=("O1D",),
    serial_prefix="094",
    product_names=("h2d",),
    heads=2,
    plate_mm=(350.0, 320.0),
    has_chamber_sensor=True,
    camera=CameraKind.RTSPS,
    door=DoorSensor.STAT,
    print_url="ftp:///{path}",
    nozzle_max_c=350,
    bed_max_c=120,
    chamber_max_c=65,
    lights=("chamber", "chamber_2"),
    calibrations=_CALIBRATIONS_TWO,
)

MODELS: tuple[ModelInfo, ...] = (
    _X1C,
    replace(_X1C, id="x1", name="X1", codes=("BL-P002",), product_names=("x1",)),
    replace(
        _X1C,
        id="x1e",
        name="X1E",
        codes=("C13",),
        serial_prefix="03W",
        product_names=("x1e",),
        nozzle_max_c=320,
        bed_max_c=110,
        chamber_max_c=60,
    ),
    replace(
        _P1S,
        id="p1p",
        name="P1P",
        codes=("C11",),
        serial_prefix="01S",
        product_names=("p1p",),
    ),
    _P1S,
    replace(
        _A1,
        id="a1_mini",
        name="A1 mini",
        codes=("N1",),
        serial_prefix="030",
        product_names=("a1 mini", "a1mini"),
        bed_max_c=80,
        plate_mm=(180.0, 180.0),
    ),
    _A1,
    replace(
        _A1,
        id="a2l",
        name="A2L",
        codes=("N9",),
        serial_prefix="26A",
        product_names=("a2l",),
        bed_max_c=80,
        plate_mm=None,
        calibrations=(*_CALIBRATIONS_A1, Calibration.HOT_BED_LEVEL),
    ),
    replace(
        _H2D,
        id="p2s",
        name="P2S",
        codes=("N7",),
        serial_prefix="22E",
        product_names=("p2s",),
        heads=1,
        # `ftp:///cache/NAME` is the form proven on this model (§8.2, BB #1892).
        upload_folder="cache",
        nozzle_max_c=300,
        bed_max_c=110,
        chamber_max_c=None,
        plate_mm=_PLATE,
        fans=_FANS_TWO_AUX,
        lights=("chamber",),
        calibrations=(*_CALIBRATIONS_H2, Calibration.CLUMP_DETECTION),
    ),
    replace(
        _H2D,
        id="x2d",
        name="X2D",
        codes=("N6",),
        serial_prefix="20P",
        product_names=("x2d",),
        plate_mm=None,
        nozzle_max_c=300,
        fans=_FANS_TWO_AUX,
        lights=("chamber",),
    ),
    replace(
        _H2D,
        id="h2s",
        name="H2S",
        codes=("O1S",),
        serial_prefix="093",
        product_names=("h2s",),
        heads=1,
        plate_mm=(340.0, 320.0),
        calibrations=(*_CALIBRATIONS_H2, Calibration.CLUMP_DETECTION),
    ),
    _H2D,
    replace(
        _H2D,
        id="h2d_pro",
        name="H2D Pro",
        codes=("O1E", "O2D"),
        serial_prefix="239",
        product_names=("h2d pro",),
    ),
    replace(
        _H2D,
        id="h2c",
        name="H2C",
        codes=("O1C", "O1C2"),
        serial_prefix="31B",
        product_names=("h2c",),
        plate_mm=None,
        has_hotend_rack=True,
    ),
)

UNKNOWN_MODEL = ModelInfo()

_BY_PRODUCT = {name: model for model in MODELS for name in model.product_names}
_BY_CODE = {code: model for model in MODELS for code in model.codes}
# X1 and X1 Carbon share a prefix; the Carbon is by far the more common.
_BY_PREFIX = {
    model.serial_prefix: model for model in reversed(MODELS) if model.serial_prefix
}


def by_code(code: str | None) -> ModelInfo | None:
    """Returns the model of a discovery code; a sub-series such as `-V2` is the same."""
    if not code:
        return None
    return _BY_CODE.get(code.strip().upper().removesuffix("-V2"))


def by_serial(serial: str | None) -> ModelInfo | None:
    """Returns the model that a serial's first three characters stand for."""
    return _BY_PREFIX.get(serial.strip().upper()[:3]) if serial else None


def detect(
    modules: Sequence[Mapping[str, Any]],
    serial: str | None,
    report: Mapping[str, Any],
    code: str | None = None,
) -> ModelInfo:
    """Returns the model, from the surest sign to the weakest; never fails.

    Order: product name, discovery code, serial, boards, and at last what the report
    shows the machine can do. Source: §1.
    """
    ota = next((m for m in modules if m.get("name") == "ota"), {})
    return (
        _by_product_name(text(ota.get("product_name")))
        or by_code(code)
        or by_serial(serial)
        or by_serial(text(ota.get("sn")))
        or _by_boards(modules)
        or _by_capabilities(report)
    )


def _by_product_name(name: str | None) -> ModelInfo | None:
    if name is None:
        return None
    words = name.lower().replace("-", " ").removeprefix("bambu lab").split()
    return _BY_PRODUCT.get(" ".join(words))


def _by_boards(modules: Sequence[Mapping[str, Any]]) -> ModelInfo | None:
    for module in modules:
        if str(module.get("name")) not in {"ota", "esp32", "ap", "rv1126"}:
            continue
        model = by_code(text(module.get("project_name")))
        if model is not None:
            return model
        board = module.get("hw_ver")
        if board == "AP02":
            return _BY_CODE["C13"]
        # New machines have this board too, but also a product name.
        if board == "AP05" and module.get("project_name") == "":
            return _X1C
    return None


def _by_capabilities(report: Mapping[str, Any]) -> ModelInfo:
    """Returns an unnamed model with what the report proves; the rest is conservative."""
    device = table(report.get("device"))
    ipcam = table(report.get("ipcam"))
    is_new = bool(table(device.get("airduct")))
    heads = len(rows(table(device.get("extruder")).get("info")))
    camera = None
    if ipcam:
        camera = CameraKind.RTSPS if "rtsp_url" in ipcam else CameraKind.JPEG
    return replace(
        UNKNOWN_MODEL,
        heads=2 if heads == 2 else 1,
        # 5 °C is what machines without a sensor send (§6.3).
        has_chamber_sensor="ctc" in device
        or ("chamber_temper" in report and report["chamber_temper"] != 5),
        camera=camera,
        door=DoorSensor.STAT if is_new and "stat" in report else DoorSensor.NONE,
        print_url="ftp:///{path}" if is_new else UNKNOWN_MODEL.print_url,
        sends_deltas=not device,
    )
