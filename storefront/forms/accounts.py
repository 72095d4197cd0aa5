"""Signing in and making an account."""

import unicodedata
from typing import Any

from django import forms

from storefront.forms import fields

EMAIL_ERRORS = {
    "required": fields.REQUIRED,
    "invalid": "メールアドレスの形をお確かめください。例: hanako@example.jp",
}


class FoldedEmailField(forms.EmailField):
    """An e-mail address; full-width letters are folded."""

    def to_python(self, value: Any) -> str:
        """This will fold widths before the address is checked."""
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip()


def _email(autocomplete: str) -> FoldedEmailField:
    return FoldedEmailField(
        label="メールアドレス",
        max_length=254,
        error_messages=EMAIL_ERRORS,
        widget=forms.EmailInput(
            attrs={
                "class": "field__input",
                "autocomplete": autocomplete,
                "inputmode": "email",
            }
        ),
    )


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"class": "field__input", "autocomplete": autocomplete})


def _new_password(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        min_length=8,
        max_length=128,
        help_text="8文字以上。ほかのサービスで使っていないものにしてください。",
        widget=_password("new-password"),
        error_messages={
            "required": fields.REQUIRED,
            "min_length": "8文字以上にしてください。",
        },
    )


class SignInForm(forms.Form):
    """E-mail address and password."""

    email = _email("username")
    password = forms.CharField(
        label="パスワード",
        strip=False,
        max_length=128,
        widget=_password("current-password"),
        error_messages={"required": fields.REQUIRED},
    )


class PasswordRequestForm(forms.Form):
    """The e-mail address to which the link for a new password is sent."""

    email = _email("username")


class NewPasswordForm(forms.Form):
    """A new password."""

    password = _new_password("新しいパスワード")


class RegisterForm(forms.Form):
    """A new account."""

    email = _email("email")
    password = _new_password("パスワード")
