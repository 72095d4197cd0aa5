"""Money in the database is whole yen in 64 bits, held by the database itself."""

from django.apps import apps
from django.db import models

APPS = {
    "membership",
    "donations",
    "fulfilment",
    "content",
    "outbox",
    "operation",
    "saleor_connector",
}


def own_models():
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def checked_fields(model):
    """Names of the fields that some CHECK of the model speaks about."""
    found = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            found |= {str(path).split("__")[0] for path in _paths(constraint.condition)}
    return found


def _paths(condition):
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from _paths(child)
        else:
            yield child[0]


def test_there_are_models_to_look_at():
    assert {"Donation", "PaymentAttempt", "Tier"} <= {model.__name__ for model in own_models()}


def test_no_field_is_a_float_a_decimal_or_a_currency():
    wrong = [
        str(field)
        for model in own_models()
        for field in model._meta.fields
        if isinstance(field, models.FloatField | models.DecimalField) or "currency" in field.name
    ]

    assert wrong == []


def test_every_amount_in_yen_is_a_big_integer():
    amounts = [
        field for model in own_models() for field in model._meta.fields if "yen" in field.name
    ]

    assert amounts
    assert [str(f) for f in amounts if not f.name.endswith("_yen")] == []
    assert [str(f) for f in amounts if type(f) is not models.BigIntegerField] == []


def test_every_amount_in_yen_is_checked_by_the_database():
    unchecked = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.fields
        if field.name.endswith("_yen") and field.name not in checked_fields(model)
    ]

    assert unchecked == []


def test_every_state_is_checked_by_the_database():
    unchecked = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.fields
        if field.name == "state" and field.name not in checked_fields(model)
    ]

    assert unchecked == []
