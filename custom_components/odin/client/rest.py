"""The engine's verbs, typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .decode import Unreadable, decode
from .errors import NotAllowed, NotOdin, UnsupportedVersion
from .http import Person, Role, Transport
from .models import Detector, Disk, EngineInfo, LightMode, SlotRef, SpeedLevel

API_VERSION_MIN = 1
API_VERSION_MAX = 1
"""The engine is updated apart from this integration, so a range is supported."""

_NAME = "O.D.I.N."
_NOBODY = Person("home-assistant", Role.VIEWER)
"""Whom we name to find out whether the token may name anybody."""

__all__ = [
    "API_VERSION_MAX",
    "API_VERSION_MIN",
    "Certificates",
    "Login",
    "OdinClient",
    "Person",
    "PrintDetails",
    "PrintObject",
    "Role",
    "Stopped",
]


@dataclass(frozen=True, slots=True)
class Login:
    """What the token may do. `can_act` whether it may name the person behind a request."""

    name: str
    permissions: tuple[str, ...] = ()
    can_act: bool = False


@dataclass(frozen=True, slots=True)
class Certificates:
    """The trusted certificate's fingerprint, and the one shown where they differ."""

    pinned_sha256: str | None = None
    found_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PrintObject:
    """A part on the plate; `id` is what skipping takes."""

    id: int
    name: str = ""
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class PrintDetails:
    """What the present or last print is made of; `picture` names its picture."""

    name: str | None = None
    objects: tuple[PrintObject, ...] = ()
    weight_g: float | None = None
    estimated_s: int | None = None
    picture: str | None = None
    can_skip: bool = False
    cannot_skip_because: str | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of an emergency stop at one printer; `text` says what to do now."""

    printer_id: str
    name: str = ""
    outcome: str = ""
    text: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether the printer said that it stopped."""
        return self.outcome == "confirmed"


class OdinClient(Transport):
    """What can be asked of an engine and told to it. Every verb raises `EngineError`."""

    async def info(self) -> EngineInfo:
        """Returns which engine this is; needs no token.

        Raises:
            NotOdin: something else answers there.
            UnsupportedVersion: its API is outside the supported range.
        """
        answer = await self.ask("/info")
        if not isinstance(answer, dict) or answer.get("name") != _NAME:
            raise NotOdin("something else answers there")
        api_version, version = answer.get("api_version"), str(answer.get("version"))
        if not isinstance(api_version, int):
            raise NotOdin("the engine tells no API version")
        check_version(api_version, version)
        try:
            return decode(EngineInfo, answer)
        except Unreadable:
            # Engines before the first release that had an id.
            raise UnsupportedVersion(api_version, version, is_too_old=True) from None

    async def disk(self) -> Disk | None:
        """Returns how full the engine's disk is; `None` where it does not tell."""
        answer = await self.ask("/system")
        try:
            return decode(Disk, answer["disk"])
        except Unreadable, KeyError, TypeError:
            return None

    async def login(self) -> Login:
        """Returns what the token may do.

        Raises:
            InvalidAuth: it opens nothing.
        """
        try:
            login = decode(Login, await self.session())
        except Unreadable as error:
            raise NotOdin("the login cannot be read") from error
        return Login(login.name, login.permissions, await self._can_act())

    async def session(self) -> dict[str, Any]:
        """Returns what the engine says of whoever is asking, in its own words."""
        answer = await self.ask("/auth/session")
        if not isinstance(answer, dict):
            raise NotOdin("the login cannot be read")
        return answer

    async def _can_act(self) -> bool:
        try:
            await self.acting_for(_NOBODY).ask("/auth/session")
        except NotAllowed:
            return False
        return True

    async def tags(self) -> tuple[str, ...]:
        """Returns every tag that printers have."""
        answer = await self.ask("/printers/tags")
        items = answer.get("items", []) if isinstance(answer, dict) else []
        return tuple(
            sorted(
                str(each["name"]) for each in items if isinstance(each.get("name"), str)
            )
        )

    # Printing

    async def pause(self, printer_id: str) -> None:
        """Pauses the running print."""
        await self._command(printer_id, "pause")

    async def resume(self, printer_id: str) -> None:
        """Resumes the paused print."""
        await self._command(printer_id, "resume")

    async def stop(self, printer_id: str) -> None:
        """Cancels the running print."""
        await self._command(printer_id, "stop")

    async def emergency_stop(
        self, printer_ids: Iterable[str] | None = None
    ) -> tuple[Stopped, ...]:
        """Stops these printers, or every one, at once; raises for none of them."""
        body = {} if printer_ids is None else {"ids": list(printer_ids)}
        answer = await self.tell("/printers/emergency-stop", body)
        return tuple(decode(Stopped, each) for each in answer["items"])

    async def clear_plate(self, printer_id: str) -> None:
        """Says that the plate is clear for the next print."""
        await self._command(printer_id, "plate-cleared")

    async def clear_errors(self, printer_id: str) -> None:
        """Dismisses the error that the printer shows."""
        await self._command(printer_id, "clear-errors")

    async def skip_objects(
        self, printer_id: str, object_ids: Iterable[int], total: int | None = None
    ) -> None:
        """Leaves parts out of the running print; one must remain."""
        body: dict[str, object] = {"object_ids": list(object_ids)}
        if total is not None:
            body["total_objects"] = total
        await self._command(printer_id, "skip-objects", body)

    async def print_details(self, printer_id: str) -> PrintDetails:
        """Returns what the present or last print is made of."""
        return decode(PrintDetails, await self.ask(f"{_of(printer_id)}/job/details"))

    async def print_picture(self, printer_id: str) -> bytes:
        """Returns the PNG of the present or last print."""
        return await self.fetch(f"{_of(printer_id)}/job/picture")

    async def camera_frame(self, printer_id: str, camera_id: str) -> bytes:
        """Returns the latest picture of a camera."""
        camera = quote(camera_id, safe="")
        return await self.fetch(f"{_of(printer_id)}/camera/{camera}/frame")

    # The machine

    async def set_light(self, printer_id: str, light: str, mode: LightMode) -> None:
        """Switches a light."""
        await self._command(printer_id, "light", {"light": light, "mode": mode})

    async def set_speed(self, printer_id: str, level: SpeedLevel) -> None:
        """Chooses a speed profile."""
        await self._command(printer_id, "speed", {"level": level})

    async def set_fan(self, printer_id: str, fan: str, percent: int) -> None:
        """Sets a fan's speed."""
        await self._command(printer_id, "fan", {"fan": fan, "percent": percent})

    async def set_nozzle_temperature(
        self, printer_id: str, target_c: int, nozzle: int = 0
    ) -> None:
        """Sets a nozzle's target; 0 is off."""
        body = {"nozzle_c": target_c, "nozzle": nozzle}
        await self._command(printer_id, "temperature", body)

    async def set_bed_temperature(self, printer_id: str, target_c: int) -> None:
        """Sets the bed's target; 0 is off."""
        await self._command(printer_id, "temperature", {"bed_c": target_c})

    async def set_chamber_temperature(self, printer_id: str, target_c: int) -> None:
        """Sets the chamber's target; 0 is off."""
        await self._command(printer_id, "temperature", {"chamber_c": target_c})

    async def set_heater(self, printer_id: str, heater: str, target_c: int) -> None:
        """Sets another heater's target; 0 is off."""
        body = {"heater": heater, "target_c": target_c}
        await self._command(printer_id, "temperature", body)

    async def set_speed_percent(self, printer_id: str, percent: int) -> None:
        """Sets the speed factor."""
        await self._command(printer_id, "speed", {"percent": percent})

    async def set_flow(self, printer_id: str, percent: int) -> None:
        """Sets the extrusion factor."""
        await self._command(printer_id, "flow", {"percent": percent})

    async def select_tool(self, printer_id: str, tool: int) -> None:
        """Makes a head the one that works."""
        await self._command(printer_id, "tool", {"tool": tool})

    async def run_macro(self, printer_id: str, macro: str) -> None:
        """Runs a macro."""
        await self._command(printer_id, f"macros/{quote(macro, safe='')}")

    async def set_power(self, printer_id: str, device: str, *, is_on: bool) -> None:
        """Switches a device of the machine's host."""
        path = f"power/{quote(device, safe='')}"
        await self._command(printer_id, path, {"is_on": is_on})

    async def set_active_spool(self, printer_id: str, spool_id: int | None) -> None:
        """Says which of Spoolman's spools is in use; `None` for none."""
        await self._command(printer_id, "spool", {"spool_id": spool_id})

    async def connect_machine(self, printer_id: str) -> None:
        """Lets the host connect to its machine."""
        await self._command(printer_id, "connect")

    async def disconnect_machine(self, printer_id: str) -> None:
        """Lets the host leave its machine."""
        await self._command(printer_id, "disconnect")

    async def restart_firmware(self, printer_id: str) -> None:
        """Resets the machine's boards and its host's software."""
        await self._command(printer_id, "restart-firmware")

    async def restart_host(self, printer_id: str) -> None:
        """Restarts the host's software."""
        await self._command(printer_id, "restart-host")

    async def answer_prompt(self, printer_id: str, choice: int) -> None:
        """Answers what the machine asks."""
        await self._command(printer_id, "prompt", {"choice": choice})

    async def home(self, printer_id: str) -> None:
        """Homes all axes."""
        await self._command(printer_id, "home")

    async def send_gcode(self, printer_id: str, lines: Iterable[str]) -> None:
        """Sends lines of G-code as they are."""
        await self._command(printer_id, "gcode", {"lines": list(lines)})

    async def set_timelapse(self, printer_id: str, *, is_on: bool) -> None:
        """Switches the printer's own timelapse."""
        await self._command(printer_id, "timelapse", {"enabled": is_on})

    async def set_detector(
        self, printer_id: str, detector: Detector, *, is_on: bool
    ) -> None:
        """Switches one of the printer's own detectors; its other settings stay."""
        body: dict[str, object] = {"enabled": is_on}
        if detector.sensitivity is not None:
            body["sensitivity"] = detector.sensitivity
        if detector.halts is not None:
            body["halts"] = detector.halts
        path = f"detectors/{quote(detector.name, safe='')}"
        await self._command(printer_id, path, body)

    async def set_maintenance(self, printer_id: str, *, is_on: bool) -> None:
        """Takes a printer out of service, or back."""
        await self._command(printer_id, "maintenance", {"is_on": is_on})

    async def refresh(self, printer_id: str) -> None:
        """Asks the printer for a full report, or tries a lost connection at once."""
        await self._command(printer_id, "refresh")

    # Filament

    async def read_slot(self, printer_id: str, slot: SlotRef) -> None:
        """Reads the spool's tag in a slot again."""
        await self._command(printer_id, "ams/refresh", _slot(slot))

    async def load_slot(self, printer_id: str, slot: SlotRef) -> None:
        """Feeds the filament of a slot to the nozzle."""
        await self._command(printer_id, "ams/load", _slot(slot))

    async def unload(self, printer_id: str, nozzle: int = 0) -> None:
        """Pulls the loaded filament back."""
        await self._command(printer_id, "ams/unload", {"nozzle": nozzle})

    async def configure_slot(
        self, printer_id: str, slot: SlotRef, what: Mapping[str, object]
    ) -> None:
        """Says what is in a slot: preset_id, material, color, nozzle_min_c, nozzle_max_c, k."""
        path = f"{_of(printer_id)}/ams/{slot.unit}/slots/{slot.slot}"
        await self.tell(path, what, method="PUT")

    async def start_drying(
        self,
        printer_id: str,
        unit: int,
        target_c: int,
        hours: int,
        material: str,
        *,
        rotates: bool = False,
    ) -> None:
        """Dries what is in a unit."""
        body = {"target_c": target_c, "hours": hours, "material": material}
        await self._command(printer_id, f"ams/{unit}/dry", body | {"rotate": rotates})

    async def stop_drying(self, printer_id: str, unit: int) -> None:
        """Ends the drying of a unit."""
        await self.tell(f"{_of(printer_id)}/ams/{unit}/dry", method="DELETE")

    # Access

    async def change_access_code(self, printer_id: str, code: str) -> None:
        """Tells the engine the printer's new access code; it connects anew."""
        await self.tell(_of(printer_id), {"secret": code}, method="PATCH")

    async def certificates(self, printer_id: str) -> Certificates:
        """Returns the fingerprints to compare after a certificate changed."""
        answer = await self.ask(f"{_of(printer_id)}/certificate")
        return decode(Certificates, answer)

    async def trust_certificate(self, printer_id: str, pinned: str, found: str) -> None:
        """Trusts the changed certificate, as both fingerprints were compared."""
        body = {"pinned": pinned, "found": found}
        await self._command(printer_id, "certificate/confirm", body)

    async def _command(
        self,
        printer_id: str,
        verb: str,
        body: Mapping[str, object] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        return await self.tell(f"{_of(printer_id)}/{verb}", body)


def check_version(api_version: int, version: str) -> None:
    """Raises `UnsupportedVersion` unless that API is one we speak."""
    if not API_VERSION_MIN <= api_version <= API_VERSION_MAX:
        raise UnsupportedVersion(
            api_version, version, is_too_old=api_version < API_VERSION_MIN
        )


def _of(printer_id: str) -> str:
    return f"/printers/{quote(printer_id, safe='')}"


def _slot(slot: SlotRef) -> dict[str, object]:
    return {"unit": slot.unit, "slot": slot.slot}
