"""docker-compose.yml, .env.example and the Dockerfile fit together and hold no secret.

No container engine is needed: the file is read as the compose specification says.
"""

import importlib.resources
import json
import re
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import get_commands
from ruamel.yaml import YAML

from tests.architecture import source

COMPOSE = source.ROOT / "docker-compose.yml"
EXAMPLE = source.ROOT / ".env.example"
DOCKERFILE = source.ROOT / "Dockerfile"
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)(?:(:?[-?])([^}]*))?\}")
# Compose itself reads these.
FOR_COMPOSE = {"COMPOSE_PROFILES"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE|SEALING")
SECRET_IN_PUBLIC = {"STRIPE_PUBLISHABLE_KEY"}
LONG_RUNNING = {
    "db", "cache", "saleor-api", "saleor-worker", "saleor-scheduler", "dashboard", "web", "worker",
    "beat", "mail-catcher",
}  # fmt: skip
JOBS = {
    "databases", "saleor-migrate", "saleor-staff", "salon-migrate", "install-app", "demo-town",
    "shop-setup",
}  # fmt: skip


@cache
def compose() -> dict[str, Any]:
    """The file with its anchors followed and merged."""
    text = COMPOSE.read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(json.dumps(YAML(typ="safe").load(text)))
    return found


def services() -> dict[str, dict[str, Any]]:
    return dict(compose()["services"])


@cache
def variables() -> dict[str, str]:
    """Name -> example value of every line of .env.example."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def used() -> set[str]:
    lines = COMPOSE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return {match[1] for match in VARIABLE.finditer(text)}


def filled(value: str) -> str:
    """A value as compose would fill it in from the example."""
    given = {name: example or "x" * 40 for name, example in variables().items()}
    return VARIABLE.sub(lambda match: given[match[1]], value).replace("$$", "$")


def test_the_file_is_what_the_compose_specification_describes() -> None:
    package = importlib.resources.files("check_jsonschema")
    schema = package / "builtin_schemas" / "vendor" / "compose-spec.json"

    jsonschema.validate(compose(), json.loads(schema.read_text(encoding="utf-8")))


def test_every_part_is_there() -> None:
    assert set(services()) == LONG_RUNNING | JOBS


def test_every_variable_is_explained_and_none_is_left_over() -> None:
    assert used() == set(variables()) - FOR_COMPOSE


def test_no_variable_is_written_in_a_way_that_is_not_understood() -> None:
    text = re.sub(r"(?<!\$)\$\{[^}]*\}", "", COMPOSE.read_text(encoding="utf-8"))

    assert re.findall(r"(?<!\$)\$(?!\$)", text.replace("$$", "")) == []


def test_every_secret_comes_from_outside_and_the_example_names_none() -> None:
    secrets = {name for name in variables() if SECRET.search(name)} - SECRET_IN_PUBLIC

    assert len(secrets) >= 10
    assert {name: variables()[name] for name in secrets if variables()[name]} == {}
    defaults = {
        match[1]: match[3]
        for match in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))
        if match[2] == ":-" and match[1] in secrets
    }
    assert {name for name, default in defaults.items() if default} == set()


def test_no_service_is_given_a_secret_in_plain_words() -> None:
    plain = [
        f"{name}: {key}"
        for name, service in services().items()
        for key, value in service.get("environment", {}).items()
        if SECRET.search(key) and not VARIABLE.search(str(value))
    ]

    assert plain == []


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_whatever_runs_on_is_restarted_watched_and_bounded(name: str) -> None:
    service = services()[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_job_runs_once(name: str) -> None:
    assert services()[name]["restart"] == "no"
    assert "healthcheck" not in services()[name]


def test_nobody_may_gain_rights_and_only_the_dashboard_begins_as_root() -> None:
    for name, service in services().items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "dashboard":
            assert service["cap_drop"] == ["ALL"], name
        is_ours = service["image"].startswith("furusato-salon:")
        assert is_ours or name == "dashboard" or service.get("user"), name
        assert not is_ours or service["read_only"], name


def test_every_image_is_pinned() -> None:
    for name, service in services().items():
        tag = filled(service["image"]).rpartition(":")[2]
        assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?(-\w+)?", tag), name


def test_ports_are_opened_on_this_machine_only() -> None:
    ports = [port for service in services().values() for port in service.get("ports", [])]

    assert len(ports) == 4
    assert [port for port in ports if not filled(port).startswith("127.0.0.1:")] == []


def test_database_and_queue_are_reached_from_inside_only() -> None:
    assert compose()["networks"]["inside"] == {"internal": True}
    for name in ("db", "cache"):
        assert services()[name]["networks"] == ["inside"]
        assert "ports" not in services()[name]


def test_every_reference_leads_somewhere() -> None:
    whole = compose()
    for name, service in services().items():
        assert set(service.get("networks", [])) <= set(whole["networks"]), name
        assert set(service.get("depends_on", {})) <= set(whole["services"]), name
        for mount in service.get("volumes", []):
            origin = filled(mount).split(":")[0]
            is_known = origin in whole["volumes"]
            assert is_known or (source.ROOT / origin).exists(), f"{name}: {origin}"


def test_whoever_waits_for_a_job_waits_for_its_end_and_else_for_health() -> None:
    for name, service in services().items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in JOBS else "service_healthy"
            assert how["condition"] == wanted, f"{name} -> {other}"


def test_nobody_waits_for_himself_or_for_what_may_be_left_out() -> None:
    waits = {name: set(service.get("depends_on", {})) for name, service in services().items()}
    profiles = {name: set(service.get("profiles", [])) for name, service in services().items()}
    for name, others in waits.items():
        for other in others:
            assert profiles[other] <= profiles[name], f"{name} -> {other}"
    done: set[str] = set()
    while ready := {name for name, others in waits.items() if name not in done and others <= done}:
        done |= ready
    assert set(waits) - done == set()


def test_every_salon_setting_is_one_that_the_settings_read() -> None:
    config = source.ROOT / "saleor_ext" / "config"
    read = "".join(path.read_text(encoding="utf-8") for path in config.glob("*.py"))
    given = {
        key
        for service in services().values()
        if service["image"].startswith("furusato-salon:")
        for key in service["environment"]
    }

    assert {key for key in given if f'"{key}"' not in read} == set()


def test_every_command_of_ours_exists() -> None:
    for name, service in services().items():
        command = service.get("command", [])
        if service["image"].startswith("furusato-salon:") and command[:2] == [
            "python",
            "manage.py",
        ]:
            assert command[2] in get_commands(), name
        if command[:2] == ["python", "-m"]:
            assert (source.ROOT / f"{command[2].replace('.', '/')}.py").exists(), name


WEB = ["gunicorn", "--config", "python:saleor_ext.config.gunicorn", "--check-config"]


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("web", [*WEB, "saleor_ext.config.wsgi:application"]),
        ("worker", ["django", "check", "--settings", "saleor_ext.config.settings"]),
    ],
)
def test_the_settings_take_what_the_file_gives_them(
    service: str, command: list[str], tmp_path: Path
) -> None:
    """In service every setting is complete or refused, so this finds whatever is missing."""
    given = {key: filled(str(value)) for key, value in services()[service]["environment"].items()}

    result = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=source.ROOT,
        env={**given, "STATIC_ROOT": str(tmp_path), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert result.returncode == 0, result.stderr
    assert "xxxx" not in result.stdout + result.stderr


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    text = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_image_starts_from_one_pinned_base() -> None:
    origins = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    stages = {rest.split()[-1] for word, rest in instructions() if word == "FROM"}

    outside = [origin for origin in origins if origin not in stages]
    assert [bool(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", name)) for name in outside] == [
        True
    ]
    assert all(
        service["build"]["target"] in stages
        for service in services().values()
        if "build" in service
    )


def test_the_image_copies_what_exists_and_what_is_let_in() -> None:
    let_in = (source.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        rest.split()[:-1]
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
    ]

    assert let_in[1] == "*"
    for name in [name for names in copied for name in names]:
        assert (source.ROOT / name).exists(), name
        assert any(line == f"!{name}" or line.startswith(f"!{name}/") for line in let_in), name
    for line in let_in:
        if line.startswith("!"):
            assert (source.ROOT / line[1:]).exists(), line


def test_what_the_settings_look_for_beside_the_code_is_in_the_image() -> None:
    settings = (source.ROOT / "saleor_ext" / "config" / "settings.py").read_text(encoding="utf-8")
    folders = set(re.findall(r'BASE_DIR / "fixtures" / "(\w+)"', settings))
    let_in = (source.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert folders >= {"town"}
    assert {name for name in folders if f"!fixtures/{name}" not in let_in} == set()


def test_the_operating_page_names_only_what_exists() -> None:
    page = (source.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    flows = source.ROOT / "saleor_ext" / "flows"
    known = (flows / "books" / "figures.py").read_text(encoding="utf-8")
    given = set(variables()) | {"COMPOSE_PROFILES"}

    figures = set(re.findall(r"furusato_([a-z_]+)", page))
    commands = set(re.findall(r"manage\.py ([a-z_]+)", page))
    parts = set(
        re.findall(r"docker compose (?:run --rm|exec -T)(?: --no-deps)?(?: -T)? ([a-z-]+)", page)
    )
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)=?`", page))

    assert len(figures) > 10
    assert {name for name in figures if f'"{name}"' not in known} == set()
    assert commands <= set(get_commands())
    assert parts <= set(services())
    assert named <= given | {"DATABASE_URL", "CELERY_BROKER_URL", "CI"}


def test_packages_come_before_the_code_and_only_by_hash() -> None:
    words = [f"{word} {rest}" for word, rest in instructions()]
    install = next(i for i, line in enumerate(words) if "pip install" in line)
    code = next(i for i, line in enumerate(words) if line.startswith("COPY saleor_ext"))

    assert install < code
    assert "--require-hashes" in words[install]


def test_the_image_runs_as_nobody_in_particular_and_brings_no_secret() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]
    kept = " ".join(rest for word, rest in instructions() if word in {"ENV", "ARG"})

    assert users == ["10001:10001"]
    assert not SECRET.search(kept)


def test_an_own_env_file_is_never_committed() -> None:
    ignored = (source.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()

    assert ".env" in ignored
    assert not EXAMPLE.stat().st_mode & stat.S_IXUSR
