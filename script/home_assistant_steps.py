"""What an administrator clicks together in a fresh Home Assistant, done over its API."""

import time

from script.home_assistant_person import Failed, Json, Person

_LOOK_EVERY_S = 0.1
_DASHBOARD = "print-farm"
_COLUMNS = 4


def add_engine(owner: Person, url: str, token: str) -> str:
    """Goes through our configuration flow by hand; returns the entry's id.

    Raises:
        Failed: the flow showed an error, or Home Assistant could not set the entry up.
    """
    flow = owner.post("/config/config_entries/flow", {"handler": "odin"})
    told = {"url": url, "token": token, "verify_ssl": True}
    result = owner.post(f"/config/config_entries/flow/{flow['flow_id']}", told)
    if result["type"] != "create_entry":
        raise Failed(f"The engine was not added: {result.get('errors') or result}")
    entry_id: str = result["result"]["entry_id"]
    return entry_id


def move_engine(owner: Person, entry_id: str, url: str) -> None:
    """Tells an entry its engine's address, if it has another.

    Raises:
        Failed: the engine is not there, or is another one.
    """
    begin = {"handler": "odin", "entry_id": entry_id}
    flow = owner.post("/config/config_entries/flow", begin)
    path = f"/config/config_entries/flow/{flow['flow_id']}"
    asked = {field["name"]: field for field in flow["data_schema"]}
    if asked["url"]["description"]["suggested_value"] == url:
        owner.delete(path)
        return
    result = owner.post(path, {"url": url, "verify_ssl": True})
    if result["type"] != "abort" or result["reason"] != "reconfigure_successful":
        raise Failed(f"The engine was not moved: {result.get('errors') or result}")


def entries(owner: Person) -> list[Json]:
    """Returns our configuration entries."""
    found: list[Json] = owner.command("config_entries/get", domain="odin")
    return found


def until_loaded(owner: Person, entry_id: str, within_s: float = 30.0) -> None:
    """Waits until an entry is set up.

    Raises:
        Failed: it was not in time.
    """
    deadline = time.monotonic() + within_s
    while True:
        entry = next(each for each in entries(owner) if each["entry_id"] == entry_id)
        if entry["state"] == "loaded":
            return
        if time.monotonic() > deadline:
            raise Failed(f"The entry is {entry['state']}: {entry['reason']}")
        time.sleep(_LOOK_EVERY_S)  # noqa: TID251 - another process decides


def add_user(owner: Person, name: str, password: str) -> None:
    """Adds somebody who is no administrator, unless they are there."""
    if any(user["username"] == name for user in owner.command("config/auth/list")):
        return
    user = owner.command(
        "config/auth/create", name=name.capitalize(), group_ids=["system-users"]
    )["user"]
    owner.command(
        "config/auth_provider/homeassistant/create",
        user_id=user["id"],
        username=name,
        password=password,
    )


def printers(owner: Person) -> list[Json]:
    """Returns the devices that are printers, by name."""
    devices = owner.command("config/device_registry/list")
    return sorted(
        (
            device
            for device in devices
            for domain, name in device["identifiers"]
            if domain == "odin" and "_" in name and "_unit_" not in name
        ),
        key=lambda device: device["name"],
    )


def add_dashboard(owner: Person) -> bool:
    """Adds a dashboard with a card for each printer, unless one is there.

    Returns whether there is one: without built pages there are no cards.
    """
    known = owner.command("lovelace/dashboards/list")
    if any(each["url_path"] == _DASHBOARD for each in known):
        return True
    if not _has_cards(owner):
        return False
    owner.command(
        "lovelace/dashboards/create",
        url_path=_DASHBOARD,
        title="Print farm",
        icon="mdi:printer-3d",
    )
    devices = [device["id"] for device in printers(owner)]
    card, badge = "custom:odin-printer-card", "custom:odin-printer-badge"
    view = {
        "title": "Print farm",
        "type": "sections",
        "max_columns": _COLUMNS,
        "badges": [{"type": badge, "device_id": each} for each in devices],
        "sections": [
            {
                "type": "grid",
                "column_span": _COLUMNS,
                "cards": [{"type": card, "device_id": each} for each in devices],
            }
        ],
    }
    owner.command("lovelace/config/save", url_path=_DASHBOARD, config={"views": [view]})
    return True


def _has_cards(owner: Person) -> bool:
    known = owner.command("lovelace/resources")
    return any("/odin_static/" in resource["url"] for resource in known)
