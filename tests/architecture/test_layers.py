"""Imports point downwards only; the contracts are in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import source


def test_every_import_contract_is_kept():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]

    result = subprocess.run(command, cwd=source.ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("name", ["saleor_ext/__init__.py", "saleor_ext/contracts/__init__.py"])
def test_packages_that_plugins_load_do_nothing_when_loaded(name):
    assert (source.ROOT / name).read_text(encoding="utf-8").strip() == ""
