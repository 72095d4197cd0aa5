"""Names, addresses and keys never reach a log, an error's text or a model's name."""

import ast

from tests.architecture import source

PERSONAL = {
    "email", "full_name", "display_name", "family_name", "given_name", "family_kana",
    "given_kana", "birth_date", "phone", "postal_code", "street", "building", "recipient_name",
    "donor_name", "donor_address", "registered_street", "registered_city", "delivery",
    "login_email", "password", "access_token", "refresh_token", "auth_token", "secret_key",
    "webhook_secret", "client_secret",
}  # fmt: skip
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
LOGGERS = {"logger", "log", "logging", "LOGGER", "LOG", "_logger", "_log"}


def product_files():
    return source.python_files(*source.PRODUCT)


def personal_in(node: ast.AST) -> set[str]:
    """The personal fields that an expression reads."""
    read = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    read |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return read & PERSONAL


def is_log_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    holder = node.func.value
    name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
    return node.func.attr in LOG_METHODS and name in LOGGERS


def test_the_guard_sees_what_it_is_for():
    bad = ast.parse("logger.info('mail to %s', donor.email)").body[0].value
    good = ast.parse("logger.info('mail to donor %s', donor.pk)").body[0].value

    assert is_log_call(bad)
    assert personal_in(bad) == {"email"}
    assert personal_in(good) == set()


def test_no_log_line_carries_a_persons_data():
    found = [
        f"{source.where(path, node)} {sorted(personal_in(node))}"
        for path in product_files()
        for node in ast.walk(source.tree(path))
        if is_log_call(node) and personal_in(node)
    ]

    assert found == []


def test_no_error_carries_a_persons_data():
    found = [
        f"{source.where(path, node)} {sorted(personal_in(node.exc))}"
        for path in product_files()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Raise) and node.exc is not None and personal_in(node.exc)
    ]

    assert found == []


def test_no_object_prints_a_persons_data():
    found = [
        f"{source.where(path, node)} {node.name}"
        for path in product_files()
        for node in source.functions(path)
        if node.name in {"__str__", "__repr__"} and personal_in(node)
    ]

    assert found == []


def test_nothing_is_printed_by_the_product():
    found = [
        source.where(path, node)
        for path in product_files()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]

    assert found == []
