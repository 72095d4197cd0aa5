"""What services refuse, in words on the page. A page that is not there stays one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest

from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.dashboard import messages


@contextmanager
def on_form(form: forms.Form, field: str | None = None) -> Iterator[None]:
    """This will put what is refused in its block on a form: beside a field, or above all."""
    try:
        yield
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(field, messages.refusal_words(code=refusal.code))


@contextmanager
def as_notice(request: HttpRequest) -> Iterator[None]:
    """This will show what is refused in its block on the page that comes next."""
    try:
        yield
    except NotFound:
        raise
    except Refusal as refusal:
        notices.error(request, messages.refusal_words(code=refusal.code))
