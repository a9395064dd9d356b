"""What people may do who are no administrators, and that the engine knows who it was."""

import pytest

from script.home_assistant_person import Refused
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home


def test_a_guest_may_operate_and_no_more(home: Home) -> None:
    with home.sign_in_guest() as guest, listening(home.place, "Atlas") as ear:
        home.call("Atlas", "button", "pause", "press", guest)
        wait_for(lambda: ear["gcode_state"] == "PAUSE", lambda: ear["gcode_state"])
        home.call("Atlas", "button", "resume", "press", guest)
        wait_for(lambda: ear["gcode_state"] == "RUNNING", lambda: ear["gcode_state"])
        whose = guest.command("auth/current_user")["id"]
        audit = home.place.api.get("/audit?limit=20").json()["items"]
        assert f"ha:{whose}" in {each["on_behalf_of"] for each in audit}
        with pytest.raises(Refused) as refused:
            guest.call("odin.send_gcode", device_id=home.device("Vela"), gcode="G28")
        assert "permission gcode:printers" in str(refused.value)


def test_a_guest_may_be_a_viewer(home: Home) -> None:
    home.set_options(guest_role="viewer")
    try:
        with home.sign_in_guest() as guest:
            with pytest.raises(Refused) as refused:
                home.call("Atlas", "button", "pause", "press", guest)
            assert "Gustav" not in str(refused.value)
            shown = guest.get(f"/states/{home.id('Atlas', 'sensor', 'status')}")
            assert shown["state"] == "printing"
        home.call("Atlas", "button", "refresh", "press")
    finally:
        home.set_options()
