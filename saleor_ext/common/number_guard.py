"""Forms in which an individual number (個人番号) is refused wherever somebody types it."""

from typing import Any

from django import forms
from django.http import QueryDict

from saleor_ext.common import my_number

WORDS = (
    "マイナンバー(個人番号)と見られる12けたの数字が入っています。"
    "マイナンバーは入力なさらないでください。入力された内容は保存していません。"
)


class GuardedForm(forms.Form):
    """The base of every form with room for free text. Law: onestop_no_number"""

    def clean(self) -> dict[str, Any]:
        """This will refuse texts that look like they hold an individual number. They are not
        shown again, either.
        """
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField) and self._holds_number(name):
                self._forget(name)
                self.add_error(name, WORDS)
        return cleaned

    def _holds_number(self, name: str) -> bool:
        typed = self.data.get(self.add_prefix(name), "")
        return isinstance(typed, str) and my_number.is_held_in(typed)

    def _forget(self, name: str) -> None:
        typed = self.data
        kept = typed.copy() if isinstance(typed, QueryDict) else dict(typed)
        kept[self.add_prefix(name)] = ""
        self.data = kept
