"""Work is handed over by name, so every name must lead somewhere."""

import ast
import importlib
import importlib.util
from pathlib import Path

from django.apps import apps

from saleor_ext.config.celery import app
from tests.architecture import source


def task_names() -> set[str]:
    for config in apps.get_app_configs():
        if importlib.util.find_spec(f"{config.name}.tasks"):
            importlib.import_module(f"{config.name}.tasks")
    return set(app.tasks)


def enqueued_names() -> dict[str, str]:
    """Place -> name of every `jobs.enqueue(name, ...)`."""
    found = {}
    for path in source.python_files(*source.PRODUCT, "fixtures"):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and _is_enqueue(node.func):
                found[source.where(path, node)] = _value(path, node.args[0])
    return found


def _is_enqueue(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "enqueue"


def _value(path: Path, node: ast.expr) -> str:
    """The text of a literal, or of a constant of the module it stands in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    module = importlib.import_module(source.module_name(path))
    return str(eval(ast.unparse(node), vars(module)))


def test_every_enqueued_name_is_a_task():
    names = enqueued_names()

    assert names, "nothing is enqueued at all; has jobs.enqueue been renamed?"
    known = task_names()
    assert {place: name for place, name in names.items() if name not in known} == {}


def test_every_name_in_the_timetable_is_a_task():
    timetable = {key: entry["task"] for key, entry in app.conf.beat_schedule.items()}

    known = task_names()

    assert {key: name for key, name in timetable.items() if name not in known} == {}


def test_what_is_done_again_and_again_does_not_pile_up():
    often = {
        key: entry.get("options", {})
        for key, entry in app.conf.beat_schedule.items()
        if isinstance(entry["schedule"], float)
    }

    assert often
    assert {key for key, options in often.items() if not options.get("expires", 0) >= 60} == set()
