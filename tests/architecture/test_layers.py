"""Imports point downwards only; the contracts are in pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import source


def test_every_import_contract_is_kept():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]

    # The plugin for the shop's own process is a distribution of its own, not installed here.
    environment = os.environ | {"PYTHONPATH": str(source.ROOT / "plugins" / "saleor_inprocess")}

    result = subprocess.run(
        command, cwd=source.ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("name", ["saleor_ext/__init__.py", "saleor_ext/contracts/__init__.py"])
def test_packages_that_plugins_load_do_nothing_when_loaded(name):
    assert (source.ROOT / name).read_text(encoding="utf-8").strip() == ""
