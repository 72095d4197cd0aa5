"""The product's own files, as the architecture tests read them."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("saleor_ext", "storefront", "plugins")
DOMAIN_APPS = (
    "membership",
    "donations",
    "fulfilment",
    "content",
    "balance",
    "receipts",
    "onestop",
    "costs",
    "outbox",
    "operation",
)


@functools.cache
def files() -> tuple[Path, ...]:
    """This will list the files that are, or will be, part of the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    if result.returncode == 0:
        names = [ROOT / name.decode() for name in result.stdout.split(b"\0") if name]
        return tuple(sorted(path for path in names if path.is_file()))
    return tuple(sorted(path for path in ROOT.rglob("*") if path.is_file() and not _is_made(path)))


def _is_made(path: Path) -> bool:
    """This will say whether a file is made by running the project (for copies without git)."""
    made = {".venv", ".trial", "__pycache__", "test-output", ".git", ".hypothesis"}
    parts = set(path.relative_to(ROOT).parts)
    return bool(parts & made) or any(part.endswith("_cache") for part in parts)


def python_files(*folders: str) -> list[Path]:
    """This will list the Python files below some folders, migrations left out."""
    return [
        path
        for path in files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (not folders or path.relative_to(ROOT).parts[0] in folders)
    ]


@functools.cache
def tree(path: Path) -> ast.Module:
    """This will read a Python file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """This will walk over every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def where(path: Path, node: ast.AST | int) -> str:
    """This will name a place so that an editor can jump to it."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 1)
    return f"{path.relative_to(ROOT)}:{line}"


def module_name(path: Path) -> str:
    """This will return the dotted name of a Python file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
