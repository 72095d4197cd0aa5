"""An individual number is refused wherever somebody could type it, kept nowhere, logged nowhere."""

import importlib
import inspect
import logging
import pkgutil

import pytest
from django import forms

from saleor_ext.common import logs, my_number, number_guard
from saleor_ext.dashboard import forms as dashboard_forms
from saleor_ext.flows.joining import donor_details
from saleor_ext.membership import models
from storefront import forms as storefront_forms
from tests.builders import world

NUMBER = "1234 5678 9018"
# No free text about people is typed here; why each is left out stands beside it.
UNGUARDED = {
    "TrackingForm",  # numbers of carriers have twelve digits, too
    "SignInForm",  # a password may be anything, and is handed on unread
    "PasswordRequestForm",
    "NewPasswordForm",
    "RegisterForm",
    "VerifyForm",  # the number of a receipt, compared and not kept
    "CertificateForm",  # a passphrase
    "SealForm",  # a file
    "BatchForm",  # our own numbers under each other, judged line by line
    "ReceiptSettingsForm",  # the town's own texts and corporate numbers
}


def every_form():
    for package in (storefront_forms, dashboard_forms):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, forms.Form) and kind.__module__ == module.__name__:
                    yield kind


def test_every_form_with_room_for_text_is_guarded():
    bare = {
        kind.__name__ for kind in every_form() if not issubclass(kind, number_guard.GuardedForm)
    }

    assert bare - UNGUARDED == set()


class Note(number_guard.GuardedForm):
    note = forms.CharField()
    other = forms.CharField()


def test_a_guarded_form_refuses_the_number_and_does_not_show_it_again():
    form = Note({"note": f"番号 {NUMBER}", "other": "ひとこと"})

    assert not form.is_valid()
    assert list(form.errors) == ["note"]
    assert "マイナンバー" in str(form.errors["note"])
    assert "9018" not in form.as_p()
    assert "ひとこと" in form.as_p()


def test_details_with_a_number_in_any_text_are_refused_with_its_field():
    for field in ("given_name", "street", "building", "phone"):
        with pytest.raises(my_number.MyNumberRefused) as caught:
            donor_details.details_clean(details=world.HANAKO | {field: NUMBER}, today=world.TODAY)
        assert caught.value.fields == {"field": field}


def test_a_log_line_never_holds_it():
    record = logging.LogRecord("some.library", logging.INFO, "f", 1, "got %s", (NUMBER,), None)

    line = logs.JsonFormatter().format(record)

    assert "5678" not in line
    assert my_number.MASK in line


@pytest.mark.django_db
def test_a_donor_typing_it_as_his_street_is_told_so_and_nothing_is_kept_or_logged(
    hanako, signed_in, caplog
):
    caplog.set_level(logging.DEBUG)
    typed = world.HANAKO | {"street": f"架空町{NUMBER}", "registered": "same"}
    born = typed.pop("birth_date")
    typed |= {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day}

    page = signed_in("hanako").post_refused("/my/details/", typed)

    assert "マイナンバー" in page.body
    assert "5678" not in page.body
    assert not models.Donor.objects.filter(street__contains="5678").exists()
    assert "5678" not in caplog.text
