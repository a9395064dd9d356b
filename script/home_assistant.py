"""A real Home Assistant in a folder of its own, with this checkout's integration.

For the demo and the end-to-end tests. It speaks to loopback alone: it listens there,
multicast DNS stays there, and the onboarding steps that would fetch the weather are
marked as done before the first start.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

import httpx

from script.home_assistant_person import PATIENCE_S, Failed, Json, Person, read

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "odin"
RESTART_EXIT_CODE = 100
"""With it Home Assistant asks whoever runs it to start it again."""

_STARTS_WITHIN_S = 120.0
_POLITE_S = 30.0
_RECOVERY = b"Activating recovery mode"
_LOOK_EVERY_S = 0.1
_CONFIGURATION = """\
homeassistant:
  name: Workshop
  latitude: 0
  longitude: 0
  elevation: 0
  unit_system: metric
  time_zone: UTC
  country: GB
  currency: EUR
  language: en
frontend:
  themes: !include themes.yaml
config:
history:
logbook:
my:
logger:
  default: warning
  logs:
    custom_components.odin: info
automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml
"""
_THEMES = """\
Harbour:
  primary-color: "#00796b"
  accent-color: "#c2185b"
  ha-card-border-radius: 4px
  modes:
    light:
      primary-background-color: "#e8f0ee"
      card-background-color: "#fbfffd"
    dark:
      primary-background-color: "#0b1d24"
      card-background-color: "#12303b"
      primary-color: "#4db6ac"
"""
_FILES_OF_PEOPLE = {
    "automations.yaml": "[]\n",
    "scripts.yaml": "",
    "scenes.yaml": "",
    "themes.yaml": _THEMES,
}
_STEPS_LEFT_OUT = ["core_config", "analytics", "integration"]


class HomeAssistant:
    """A Home Assistant of one folder: it can be stopped, killed and started again."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        environment: Mapping[str, str] | None = None,
        integration: Path = INTEGRATION,
    ) -> None:
        self.folder = folder
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / "output.log"
        """What it said since the folder was made; its own log begins anew each time."""
        self._environment = os.environ | dict(environment or {})
        self._integration = integration
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._started.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; `None` while it runs."""
        return self._started.poll()

    def start(self) -> None:
        """Starts it and waits until people can sign in.

        Raises:
            Failed: it is not installed, ended, or took too long.
        """
        self.launch()
        self.until_up()

    def launch(self) -> None:
        """Starts it.

        Raises:
            Failed: it is not installed.
        """
        program = Path(sys.executable).with_name("hass")
        if not program.exists():
            raise Failed(f"{program} is missing; `script/bootstrap` installs it.")
        self._write()
        with self.log.open("ab") as log:
            self._said_before = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [program, "-c", self.folder, "--skip-pip", "--log-no-color"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A Ctrl-C at the terminal is for whoever started this.
                process_group=0,
            )

    def until_up(self) -> None:
        """Waits until people can sign in.

        Raises:
            Failed: it ended, or took too long.
        """
        self._until(self._lets_sign_in)

    def stop(self) -> None:
        """Ends it politely, if it runs."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_POLITE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """Ends it the hard way."""
        self._started.kill()
        self._started.wait()

    def enter(self, name: str, password: str) -> Person:
        """Signs the owner in, who is created if nobody is known yet.

        Returns when everything in Home Assistant is set up.

        Raises:
            Failed: the password is wrong, or it took too long.
        """
        with self._http() as http:
            answer = http.get("/api/onboarding")
            # Where everything is done the address is gone.
            steps = answer.json() if answer.is_success else []
            if any(step["step"] == "user" and not step["done"] for step in steps):
                body = {
                    "name": name.capitalize(),
                    "username": name,
                    "password": password,
                    "client_id": self._client_id,
                    "language": "en",
                }
                code = read(http.post("/api/onboarding/users", json=body))
                person = self._person(http, code["auth_code"])
            else:
                person = self.sign_in(name, password)
        self._until(person.sees_it_running)
        return person

    def sign_in(self, name: str, password: str) -> Person:
        """Signs somebody in as the page does.

        Raises:
            Failed: the name or the password is wrong.
        """
        with self._http() as http:
            begin = {
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            }
            flow = read(http.post("/auth/login_flow", json=begin))
            told = {
                "client_id": self._client_id,
                "username": name,
                "password": password,
            }
            path = f"/auth/login_flow/{flow['flow_id']}"
            result = read(http.post(path, json=told))
            if result["type"] != "create_entry":
                raise Failed(f"Home Assistant refused the password of {name}.")
            return self._person(http, result["result"])

    @property
    def _client_id(self) -> str:
        return f"{self.base}/"

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise Failed("Home Assistant was not started.")
        return self._process

    def _http(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=PATIENCE_S)

    def _person(self, http: httpx.Client, code: str) -> Person:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client_id,
        }
        return Person(self.base, read(http.post("/auth/token", data=form)))

    def _lets_sign_in(self) -> bool:
        # Refused as long as nobody is known; missing as long as it is not set up.
        answer = httpx.get(f"{self.base}/auth/providers")
        return answer.status_code in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}

    def _until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while True:
            if self.exit_code is not None:
                raise Failed(f"Home Assistant ended by itself; see {self.log}")
            if _RECOVERY in self.log.read_bytes()[self._said_before :]:
                # It would listen wherever it likes.
                self.stop()
                raise Failed(f"Home Assistant could not start as told; see {self.log}")
            with contextlib.suppress(httpx.TransportError):
                if is_so():
                    return
            if time.monotonic() > deadline:
                raise Failed(f"Home Assistant did not start in time; see {self.log}")
            time.sleep(_LOOK_EVERY_S)  # noqa: TID251 - another process decides

    def _write(self) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(_CONFIGURATION)
        for name, text in _FILES_OF_PEOPLE.items():
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text)
        ours = self.folder / "custom_components" / "odin"
        ours.parent.mkdir(exist_ok=True)
        ours.unlink(missing_ok=True)
        ours.symlink_to(self._integration)
        _store(storage, "http", (2, 2), _listening_at(self.port))
        # Its multicast DNS keeps to the adapters that are chosen.
        _store(storage, "core.network", (1, 1), {"configured_adapters": ["lo"]})
        if not (storage / "onboarding").exists():
            _store(storage, "onboarding", (4, 1), {"done": _STEPS_LEFT_OUT})


def _store(storage: Path, key: str, version: tuple[int, int], data: Json) -> None:
    major, minor = version
    content = {"version": major, "minor_version": minor, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content))


def _listening_at(port: int) -> Json:
    return {
        "stable": {
            "server_host": ["127.0.0.1"],
            "server_port": port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": "2026-10-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }
