"""Writers and readers of the domain are called by keyword and are told what time it is."""

import ast

import pytest

from tests.architecture import source

FILES = ("services.py", "cycles.py", "selectors.py")
CLOCKS = {"saleor_ext.common.clock", "django.utils.timezone", "time"}


def domain_files(*names):
    return [
        path
        for path in source.python_files("saleor_ext")
        if path.parts[-2] in source.DOMAIN_APPS and path.name in names
    ]


def test_public_functions_are_called_by_keyword_only():
    assert domain_files(*FILES)
    positional = [
        f"{source.where(path, node)} {node.name}"
        for path in domain_files(*FILES)
        for node in source.tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (node.args.args or node.args.posonlyargs or node.args.vararg)
    ]

    assert positional == []


@pytest.mark.parametrize("app", source.DOMAIN_APPS)
def test_the_domain_never_reads_the_clock(app):
    readers = []
    for path in source.python_files("saleor_ext"):
        if path.parts[-2] != app or path.name in {"tasks.py", "admin.py"}:
            continue
        for node in ast.walk(source.tree(path)):
            if set(_imported(node)) & CLOCKS:
                readers.append(source.where(path, node))

    assert readers == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_every_public_service_says_what_it_does():
    silent = [
        f"{source.where(path, node)} {node.name}"
        for path in domain_files("services.py", "cycles.py")
        for node in source.tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []
