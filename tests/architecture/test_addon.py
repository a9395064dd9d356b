"""The app's files, held to the rules by which Home Assistant's Supervisor reads them.

Source: home-assistant/supervisor, `addons/validate.py`, `addons/options.py`,
`addons/utils.py` (rating), `utils/apparmor.py`, `store/validate.py`; s6-overlay 3,
README, "Writing a service script". An image cannot be built here: what only a build can
show is listed in docs/home-assistant-app.md.
"""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from odin_engine.cli import main
from odin_engine.kernel.settings import Settings, load_settings
from odin_engine.system.service import SERVICE

ROOT = Path(__file__).parents[2]
APP = ROOT / "addon" / "odin"
SERVICES = APP / "rootfs" / "etc" / "s6-overlay" / "s6-rc.d"

CONFIG: dict[str, Any] = yaml.safe_load((APP / "config.yaml").read_text())

_FLAGS = {
    "init",
    "advanced",
    "ingress",
    "ingress_stream",
    "panel_admin",
    "homeassistant_api",
    "hassio_api",
    "auth_api",
    "host_network",
    "host_pid",
    "host_ipc",
    "host_uts",
    "host_dbus",
    "udev",
    "tmpfs",
    "apparmor",
    "full_access",
    "docker_api",
    "audio",
    "video",
    "gpio",
    "usb",
    "uart",
    "devicetree",
    "kernel_modules",
    "realtime",
    "stdin",
    "legacy",
    "journald",
}
_TEXTS = {
    "name": r".+",
    "version": r"\d+\.\d+\.\d+(?:[-.]?(?:a|b|rc|dev)\.?\d+)?",
    "slug": r"[-_.A-Za-z0-9]+",
    "description": r".+",
    "url": r"https?://\S+",
    "image": r"([a-zA-Z\-\.:\d{}]+/)*?([\-\w{}]+)/([\-\w{}]+)",
    "startup": r"initialize|system|services|application|once",
    "boot": r"auto|manual|manual_only",
    "stage": r"stable|experimental|deprecated",
    "homeassistant": r"\d{4}\.\d{1,2}\.\d+",
    "watchdog": r"(?:https?|\[PROTO:\w+\]|tcp)://\[HOST\]:(\[PORT:\d+\]|\d+).*",
    "webui": r"(?:https?|\[PROTO:\w+\])://\[HOST\]:\[PORT:\d+\].*",
    "ingress_entry": r"[^/].*",
    "panel_icon": r"mdi:[a-z0-9-]+",
    "panel_title": r".+",
    "hassio_role": r"default|homeassistant|backup|manager|admin",
    "backup": r"hot|cold",
    "backup_pre": r"/\S+( \S+)*",
    "backup_post": r"/\S+( \S+)*",
}
_LISTS = {
    "arch": r"aarch64|amd64",
    "machine": r"!?[a-z0-9-]+",
    "discovery": r"[a-z0-9_]+",
    "services": r"(mqtt|mysql):(provide|want|need)",
    "backup_exclude": r"\S+",
    "privileged": r"[A-Z_]+",
    "devices": r"/dev/.+",
}
_OTHERS = {
    "ingress_port",
    "timeout",
    "ports",
    "ports_description",
    "map",
    "options",
    "schema",
    "environment",
    "ulimits",
    "breaking_versions",
}
_REQUIRED = {"name", "version", "slug", "description", "arch"}
_MAP_TYPES = {
    "data",
    "ssl",
    "share",
    "media",
    "backup",
    "homeassistant_config",
    "app_config",
    "all_app_configs",
    "local_apps",
}
"""Their names today; the older `addon_config`, `config`, `addons` warn."""
_ELEMENT = re.compile(
    r"^(?:|bool|email|url|port"
    r"|device(?:\(subsystem=[a-z]+\))?"
    r"|(?:str|password|int)(?:\(\d*,\d*\))?"
    r"|float(?:\([\d.]*,[\d.]*\))?"
    r"|match\(.*\)|list\((?P<list>.+)\))\??$"
)
_PORT = re.compile(r"(\d+)(?:/(?:tcp|udp))?")
_BEST_RATING = 6


def test_every_key_is_known_and_has_its_form() -> None:
    assert set(CONFIG) >= _REQUIRED
    known = _FLAGS | set(_TEXTS) | set(_LISTS) | _OTHERS
    assert set(CONFIG) <= known
    for key in _FLAGS & set(CONFIG):
        assert isinstance(CONFIG[key], bool), key
    for key in set(_TEXTS) & set(CONFIG):
        assert isinstance(CONFIG[key], str), f"{key} must be quoted"
        assert re.fullmatch(_TEXTS[key], CONFIG[key]), key
    for key in set(_LISTS) & set(CONFIG):
        for value in CONFIG[key]:
            assert re.fullmatch(_LISTS[key], value), f"{key}: {value}"
        assert len(set(CONFIG[key])) == len(CONFIG[key]), key
    assert 10 <= CONFIG.get("timeout", 10) <= 300
    assert {each["type"] for each in CONFIG.get("map", [])} <= _MAP_TYPES


def test_no_other_file_is_taken_for_an_app() -> None:
    tracked = {
        path.relative_to(ROOT)
        for pattern in ("config.yaml", "config.yml", "config.json")
        for path in ROOT.rglob(pattern)
        if not {"node_modules", ".venv", ".tools", ".cache"} & set(path.parts)
    }
    assert tracked == {Path("addon/odin/config.yaml")}
    assert not list(APP.glob("build.y*ml"))


def test_the_repository_is_named() -> None:
    repository = yaml.safe_load((ROOT / "repository.yaml").read_text())
    assert set(repository) <= {"name", "url", "maintainer"}
    assert all(isinstance(value, str) and value for value in repository.values())
    assert "name" in repository


def test_one_version_for_all_parts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert CONFIG["version"] == project["version"]
    dockerfile = (APP / "Dockerfile").read_text()
    assert f"ARG BUILD_VERSION={project['version']}\n" in dockerfile


def test_ports_are_those_of_the_engine_and_described() -> None:
    ports = CONFIG["ports"]
    assert all(_PORT.fullmatch(port) for port in ports)
    assert set(CONFIG["ports_description"]) == set(ports)
    assert set(_translations()["network"]) == set(ports)
    # Nothing is open to the network until somebody says so.
    assert set(ports.values()) == {None}
    fields = Settings.model_fields
    assert set(ports) == {f"{fields['port'].default}/tcp"}
    assert CONFIG["ingress_port"] == fields["ingress_port"].default
    assert f"[PORT:{fields['port'].default}]/healthz" in CONFIG["watchdog"]


def test_options_fit_their_schema_and_the_engines_settings() -> None:
    schema, options = CONFIG["schema"], CONFIG["options"]
    assert set(options) <= set(schema) <= set(Settings.model_fields)
    for key, element in schema.items():
        single = element[0] if isinstance(element, list) else element
        match = _ELEMENT.match(single)
        assert match, f"{key}: {element}"
        is_optional = single.endswith("?")
        # The Supervisor asks for what has neither a default nor a question mark.
        assert (key in options) != is_optional, key
        if match["list"] and not is_optional:
            assert options[key] in match["list"].split("|")


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"log_level": "debug", "external_url": "https://odin.example.org"},
        {"log_level": "warning", "trusted_proxies": ["192.168.1.5/32", "fd00::/8"]},
        {"external_url": "", "trusted_proxies": []},
    ],
)
def test_the_engine_starts_with_what_the_supervisor_writes(
    chosen: dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "options.json"
    file.write_text(json.dumps(CONFIG["options"] | chosen))
    monkeypatch.setenv("ODIN_OPTIONS_FILE", str(file))
    monkeypatch.setenv("ODIN_DATA_DIR", str(tmp_path / "data"))
    settings = load_settings()
    assert settings.log_level == chosen.get("log_level", "info")
    assert len(settings.trusted_proxies) == len(
        list(chosen.get("trusted_proxies", []))  # type: ignore[call-overload]  # a list
    )


def test_every_log_level_of_the_engine_can_be_chosen() -> None:
    match = _ELEMENT.match(CONFIG["schema"]["log_level"])
    assert match
    offered = set(match["list"].split("|"))
    assert offered == {"debug", "info", "warning", "error"}


def test_translations_name_each_option_and_nothing_else() -> None:
    translations = _translations()
    assert set(translations) == {"configuration", "network"}
    configuration = translations["configuration"]
    assert set(configuration) == set(CONFIG["schema"])
    for key, texts in configuration.items():
        assert set(texts) == {"name", "description"}, key
        assert all(isinstance(text, str) and text for text in texts.values()), key


def test_it_asks_for_nothing_that_lowers_its_rating() -> None:
    assert _rating() == _BEST_RATING
    # And of what costs no points, for what it uses only.
    assert not {"map", "services", "privileged", "devices"} & set(CONFIG)
    assert CONFIG["discovery"] == [SERVICE]


def test_the_commands_around_a_backup_exist() -> None:
    for key in ("backup_pre", "backup_post"):
        program, command = CONFIG[key].split()
        assert program == "/usr/bin/odin"
        answer = CliRunner().invoke(main, [command, "--help"])
        assert answer.exit_code == 0, answer.output
    assert "ln -s /opt/odin/bin/odin /usr/bin/odin" in (APP / "Dockerfile").read_text()
    assert CONFIG["backup"] == "hot"
    assert {"odin.db", "odin.db-wal", "odin.db-shm"} <= set(CONFIG["backup_exclude"])


def test_pictures_have_the_store_s_sizes() -> None:
    with Image.open(APP / "icon.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (128, 128))
    with Image.open(APP / "logo.png") as logo:
        assert logo.format == "PNG"
        width, height = logo.size
        assert (width, height) == (250, 100)


def test_the_changelog_is_the_project_s() -> None:
    assert (APP / "CHANGELOG.md").resolve() == ROOT / "CHANGELOG.md"
    for name in ("README.md", "DOCS.md"):
        assert (APP / name).read_text().startswith("# O.D.I.N.\n")


def test_the_service_tree_is_whole() -> None:
    wanted = {path.name for path in (SERVICES / "user" / "contents.d").iterdir()}
    services = {path.name for path in SERVICES.iterdir()} - {"user"}
    assert wanted == services == {"odin"}
    for name in services:
        folder = SERVICES / name
        kind = (folder / "type").read_text()
        assert kind in {"longrun\n", "oneshot\n"}
        scripts = ("run", "finish") if kind == "longrun\n" else ("up",)
        for script in scripts:
            assert (folder / script).is_file(), f"{name}/{script}"
        for dependency in (folder / "dependencies.d").iterdir():
            assert dependency.name == "base" or dependency.name in services
            assert dependency.read_bytes() == b""
    for marker in (SERVICES / "user" / "contents.d").iterdir():
        assert marker.read_bytes() == b""


@pytest.mark.parametrize("script", sorted(SERVICES.glob("*/*")), ids=lambda p: p.name)
def test_service_scripts_can_run(script: Path) -> None:
    if script.name not in {"run", "finish"}:
        return
    text = script.read_text()
    assert text.startswith("#!/command/with-contenv bash\n")
    assert script.stat().st_mode & 0o111 == 0o111
    bash = shutil.which("bash")
    assert bash is not None
    subprocess.run([bash, "-n", str(script)], check=True)
    # An argument that is not quoted falls apart, one that is empty disappears.
    assert not re.search(r'(?<!["(\w])\$\w', text.replace("$((", "((")), "quote it"
    if script.name == "run":
        # Signals must reach the engine itself.
        assert text.rstrip().splitlines()[-1].startswith("exec ")


@pytest.mark.parametrize(
    ("arguments", "code"), [(("0", "0"), 0), (("1", "0"), 1), (("256", "15"), 143)]
)
def test_the_container_ends_with_the_engines_code(
    arguments: tuple[str, str], code: int, tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    script = (SERVICES / "odin" / "finish").read_text()
    results, halt = tmp_path / "exitcode", tmp_path / "halt"
    halt.write_text(f"#!{bash}\necho halted\n")
    halt.chmod(0o755)
    script = script.replace(
        "/run/s6-linux-init-container-results/exitcode", str(results)
    )
    script = script.replace("/run/s6/basedir/bin/halt", str(halt))
    done = subprocess.run(
        [bash, "-c", script, "finish", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "halted\n"
    assert results.read_text() == f"{code}\n"


def test_the_apparmor_profile_can_be_renamed_by_the_supervisor() -> None:
    text = (APP / "apparmor.txt").read_text()
    # The Supervisor takes lines that begin with the word: one, named like the app.
    profiles = re.findall(r"^profile ([^ ]+).*$", text, re.MULTILINE)
    assert profiles == [CONFIG["slug"]]
    flags = r"flags=\(attach_disconnected,mediate_deleted\) \{$"
    heads = re.findall(r"^\s*profile .*$", text, re.MULTILINE)
    assert all(re.search(flags, head) for head in heads)
    assert "complain" not in text
    assert text.count("{") == text.count("}")
    for line in text.splitlines():
        rule = line.strip()
        is_structure = not rule or rule[0] in "#}" or rule.endswith("{")
        assert is_structure or rule.endswith(","), rule


def test_the_engine_is_confined_to_its_data() -> None:
    text = (APP / "apparmor.txt").read_text()
    _, _, engine = text.partition("profile engine ")
    assert "/opt/odin/bin/odin cx -> engine," in text
    assert "capability" not in re.sub(r"#.*", "", engine)
    written = re.findall(r"^\s*(?:owner )?(/\S+) (\w+),$", engine, re.MULTILINE)
    writable = {path.split("/")[1] for path, rights in written if "w" in rights}
    assert writable == {"data", "tmp", "dev"}
    # SQLite and the lock of the data directory.
    assert ("/data/**", "rwk") in written


def test_the_image_is_made_of_locked_parts() -> None:
    text = (APP / "Dockerfile").read_text()
    sources = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert "ghcr.io/home-assistant/base-debian:trixie" in sources[1:]
    assert sources[-1] == "ghcr.io/home-assistant/base-debian:trixie"
    assert "BUILD_FROM" not in text
    assert not re.search(r"--index|--extra-index|--find-links|pypi|npmjs", text)
    for line in re.findall(r"(?:pip install|pip sync|uv build)[^&\n]*", text):
        assert "--require-hashes" in line or "--no-deps" in line, line
    for label in ("io.hass.type", "io.hass.version", "io.hass.arch"):
        assert f"{label}=" in text
    assert 'io.hass.type="app"' in text


def test_what_the_image_is_made_of_exists_and_is_let_in() -> None:
    text = (APP / "Dockerfile").read_text()
    allowed = [
        line[1:]
        for line in (APP / "Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    sources = [source for line in copies for source in line.split()]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in allowed)


def _translations() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((APP / "translations/en.yaml").read_text())
    return found


def _rating() -> int:
    """Returns the security rating that the Supervisor would show."""
    if CONFIG.get("docker_api") or CONFIG.get("full_access"):
        return 1
    rating = 5
    if CONFIG.get("apparmor", True) is False:
        rating -= 1
    elif (APP / "apparmor.txt").is_file():
        rating += 1
    if CONFIG.get("ingress"):
        rating += 2
    elif CONFIG.get("auth_api"):
        rating += 1
    rating -= bool(CONFIG.get("privileged") or CONFIG.get("kernel_modules"))
    rating -= {"manager": 1, "admin": 2}.get(CONFIG.get("hassio_role", "default"), 0)
    rating -= bool(CONFIG.get("host_network")) + 2 * bool(CONFIG.get("host_pid"))
    return max(1, min(_BEST_RATING, rating))
