"""Giving a membership to another person, and sending a single month's box elsewhere."""

from datetime import date
from typing import Any

from django import forms

from saleor_ext.common import jptime, number_guard
from saleor_ext.flows.choices import month_address
from saleor_ext.flows.errors import MonthFixed
from saleor_ext.membership import models, selectors
from saleor_ext.membership.errors import GrantUnavailable, NoBoxComes
from storefront.forms import accounts, fields
from storefront.forms.choices import PICK


class GiveForm(number_guard.GuardedForm):
    """Whom the offer is mailed to."""

    email = accounts.FoldedEmailField(
        label="贈る方のメールアドレス",
        max_length=254,
        help_text="この宛先へ、お受け取りのご案内をお送りします。"
        "お受け取りになれるのは、このアドレスの方だけです。",
        error_messages=accounts.EMAIL_ERRORS,
        widget=forms.EmailInput(
            attrs={"class": "field__input", "autocomplete": "off", "inputmode": "email"}
        ),
    )


def give_form(data: Any, *, membership: models.Membership, today: date) -> GiveForm:
    """This will ask for the address.

    Raises:
        GrantUnavailable: it is given already.
    """
    if selectors.grant_live(membership_id=membership.pk) is not None:
        raise GrantUnavailable()
    return GiveForm(data)


def nothing_form(data: Any, *, membership: models.Membership, today: date) -> forms.Form:
    """This will ask for nothing: the page begins with what would happen."""
    return forms.Form({} if data is None else data)


class _MonthField(forms.TypedChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label="どの月のお届けですか",
            coerce=date.fromisoformat,
            widget=forms.RadioSelect(),
            error_messages=PICK,
        )

    def offer(self, cycles: list[models.Cycle]) -> None:
        if not cycles:
            raise MonthFixed()
        self.choices = [(cycle.month.isoformat(), _month_label(cycle)) for cycle in cycles]
        self.initial = cycles[0].month.isoformat()


def _month_label(cycle: models.Cycle) -> str:
    """No price: whoever was given the membership reads this, too."""
    first, last = jptime.words_short(cycle.ship_from), jptime.words_short(cycle.ship_to)
    return (
        f"{cycle.month.year}年{cycle.month.month}月分({first}から{last}のあいだに発送。"
        f"{jptime.words_short(cycle.change_until)}まで変えられます)"
    )


class MonthAddressForm(number_guard.GuardedForm):
    """A month, and where its box goes."""

    month = _MonthField()
    family_name = fields.PlainField(
        label="受け取る方の姓", max_length=50, widget=fields.text_input(autocomplete="off")
    )
    given_name = fields.PlainField(
        label="受け取る方の名", max_length=50, widget=fields.text_input(autocomplete="off")
    )
    phone = fields.PhoneField(
        label="電話番号",
        max_length=20,
        help_text="配送のご連絡に使います。",
        widget=fields.text_input(type="tel", autocomplete="off", extra_class="field__input--short"),
    )
    postal_code = fields.PostalCodeField(
        label="郵便番号",
        max_length=12,
        widget=fields.text_input(
            inputmode="numeric", autocomplete="off", extra_class="field__input--short"
        ),
    )
    prefecture = fields.prefecture_field(label="都道府県", autocomplete="off")
    city = fields.AddressField(
        label="市区町村", max_length=50, widget=fields.text_input(autocomplete="off")
    )
    street = fields.AddressField(
        label="町名・番地", max_length=100, widget=fields.text_input(autocomplete="off")
    )
    building = fields.AddressField(
        label="建物名・部屋番号",
        max_length=100,
        required=False,
        help_text="「○○様方」も、こちらにお書きください。",
        widget=fields.text_input(autocomplete="off"),
    )

    def __init__(self, data: Any, *, cycles: list[models.Cycle], receiver: models.Donor) -> None:
        names = ("family_name", "given_name", "phone")
        super().__init__(data, initial={name: getattr(receiver, name) for name in names})
        self.fields["month"].offer(cycles)  # type: ignore[attr-defined]

    def address(self) -> dict[str, object]:
        """This will return where the box goes, of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "month"}


class MonthReturnForm(number_guard.GuardedForm):
    """A month whose box goes to the usual address again."""

    month = _MonthField()

    def __init__(self, data: Any, *, cycles: list[models.Cycle]) -> None:
        super().__init__(data)
        self.fields["month"].offer(cycles)  # type: ignore[attr-defined]


class SwapWishForm(number_guard.GuardedForm):
    """What is wanted when a gift cannot be sent."""

    wish = forms.ChoiceField(
        label="品をご用意できないとき",
        choices=[
            ("ask", "そのつど、メールで選ぶ"),
            ("accept", "代わりの品を受け取る(新しいアレルゲンがあるときは、お伺いします)"),
            ("carry", "その月を見送って、持ち越す"),
        ],
        widget=forms.RadioSelect(),
        error_messages=PICK,
    )
    silence = forms.ChoiceField(
        label="お伺いに、期日までにお返事がないとき",
        choices=[
            ("carry", "その月を見送って、持ち越す"),
            ("accept", "代わりの品を受け取る(新しいアレルゲンがあるときは、持ち越します)"),
        ],
        widget=forms.RadioSelect(),
        error_messages=PICK,
    )


def swap_wish_form(data: Any, *, membership: models.Membership, today: date) -> SwapWishForm:
    """This will show the wish as it is now.

    Raises:
        NoBoxComes: the membership is without boxes.
    """
    if not membership.is_box_wanted:
        raise NoBoxComes()
    now = {"wish": membership.swap_wish, "silence": membership.swap_silence}
    return SwapWishForm(data, initial=now)


def month_address_form(
    data: Any, *, membership: models.Membership, today: date
) -> MonthAddressForm:
    """This will offer the months whose box can still be sent elsewhere.

    Raises:
        NoBoxComes: the membership is without boxes.
        MonthFixed: there is no such month.
    """
    cycles = month_address.months_open(membership=membership, today=today)
    receiver = selectors.receiver_of(membership=membership)
    return MonthAddressForm(data, cycles=cycles, receiver=receiver)


def month_return_form(data: Any, *, membership: models.Membership, today: date) -> MonthReturnForm:
    """This will offer the months whose box goes elsewhere.

    Raises:
        NoBoxComes: the membership is without boxes.
        MonthFixed: there is no such month.
    """
    cycles = month_address.months_elsewhere(membership=membership, today=today)
    return MonthReturnForm(data, cycles=cycles)
