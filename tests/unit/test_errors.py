"""Refusals carry a code for the edges and never a sentence or a person's data."""

from saleor_ext.common import errors


def test_a_refusal_says_its_code_and_keeps_its_fields():
    refusal = errors.NotFound(slug="rice")

    assert str(refusal) == "not_found"
    assert refusal.code == "not_found"
    assert refusal.fields == {"slug": "rice"}


def test_every_refusal_of_the_foundation_is_caught_as_one():
    for kind, code in [
        (errors.Refusal, "refused"),
        (errors.InvalidTransition, "invalid_transition"),
        (errors.NotFound, "not_found"),
    ]:
        caught = None
        try:
            raise kind()
        except errors.Refusal as refusal:
            caught = refusal
        assert caught is not None
        assert caught.code == code
