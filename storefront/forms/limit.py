"""The figures behind the deduction limit: from a salary, a withholding slip or a tax notice."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from saleor_ext.common import number_guard
from saleor_ext.law import deduction_limit as limits
from saleor_ext.law.limit_tables import LimitTables
from saleor_ext.membership import states
from storefront.forms import fields, normalise

SALARY, SLIP, NOTICE = "salary", "slip", "notice"
NOT_YEN = "円単位の数字で入力してください。例: 5,000,000 または 500万"
CHILDREN = [(str(n), f"{n}人") for n in range(5)]


class YenField(fields.PlainField):
    """An amount in whole yen; commas, 円, 万 and full width are welcome."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        self.least = least
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault(
            "widget",
            fields.text_input(inputmode="text", extra_class="field__input--short"),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """This will read the amount; nothing typed in an optional field is 0."""
        text = super().clean(value)
        if not text:
            return 0
        found = normalise.yen(str(text))
        if found is None or not self.least <= found <= limits.FIGURE_MOST_YEN:
            raise ValidationError(NOT_YEN, code="unreadable")
        return found


def _children_field(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=CHILDREN,
        coerce=int,
        initial="0",
        widget=forms.Select(attrs={"class": "field__input field__input--short"}),
        error_messages={"invalid_choice": "一覧から選んでください。"},
    )


class LimitForm(number_guard.GuardedForm):
    """What every way of computing asks. `years` are those of the donations."""

    kind = ""
    year = forms.TypedChoiceField(
        label="寄附をする年",
        coerce=int,
        widget=forms.Select(attrs={"class": "field__input field__input--short"}),
        error_messages={"invalid_choice": "一覧から選んでください。"},
    )

    def __init__(self, *args: Any, years: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, prefix=self.kind, **kwargs)
        self.fields["year"].choices = [(str(year), f"{year}年") for year in years]
        self.order_fields([*(name for name in self.fields if name != "year"), "year"])

    def compute(self, *, tables: LimitTables) -> limits.LimitResult:
        """This will compute from a valid form."""
        raise NotImplementedError


class SalaryForm(LimitForm):
    """From the yearly salary and the family."""

    kind = SALARY
    salary = YenField(
        label="給与収入(年収)",
        help_text="源泉徴収票の「支払金額」です。500万 のように書いてもかまいません。",
        least=1,
    )
    family = forms.ChoiceField(
        label="ご家族",
        choices=[(key, family.label) for key, family in limits.FAMILIES.items()],
        help_text="「夫婦」は配偶者に収入がない場合、「共働き」は配偶者控除のない場合です。"
        "中学生以下のお子さんは計算に入りません。",
        widget=forms.Select(attrs={"class": "field__input"}),
        error_messages={"invalid_choice": "一覧から選んでください。"},
    )

    def compute(self, *, tables: LimitTables) -> limits.LimitResult:
        """This will compute from salary and family."""
        return limits.limit_from_salary(
            salary_yen=self.cleaned_data["salary"],
            household=limits.FAMILIES[self.cleaned_data["family"]].household,
            year=self.cleaned_data["year"],
            tables=tables,
        )


class SlipForm(LimitForm):
    """From a withholding slip (源泉徴収票)."""

    kind = SLIP
    income = YenField(label="給与所得控除後の金額(調整控除後)", least=1)
    social_insurance = YenField(label="社会保険料等の金額")
    other_deductions = YenField(
        label="そのほかの所得控除",
        required=False,
        help_text="生命保険料控除など、住民税で引かれる額の合計。分からないときは空けておけます。",
    )
    spouse = forms.BooleanField(label="配偶者控除がある(配偶者に収入がない)", required=False)
    high_school = _children_field("16歳から18歳の扶養親族")
    university = _children_field("19歳から22歳の扶養親族")

    def compute(self, *, tables: LimitTables) -> limits.LimitResult:
        """This will compute from the slip's figures."""
        data = self.cleaned_data
        return limits.limit_from_slip(
            income_yen=data["income"],
            social_insurance_yen=data["social_insurance"],
            other_deductions_yen=data["other_deductions"],
            household=limits.Household(
                has_spouse=data["spouse"],
                high_school=data["high_school"],
                university=data["university"],
            ),
            year=data["year"],
            tables=tables,
        )


class NoticeForm(LimitForm):
    """From a resident tax notice (住民税決定通知書)."""

    kind = NOTICE
    levy = YenField(
        label="所得割額",
        help_text="市町村民税と都道府県民税の所得割額を足した額です。",
        least=1,
    )
    other_credits = YenField(
        label="調整控除のほかの税額控除",
        required=False,
        help_text="去年の寄附金税額控除や住宅ローン控除が引かれているときに、その合計を入れます。",
    )
    taxable = YenField(label="課税総所得金額", least=1)
    personal_difference = YenField(
        label="人的控除差調整額",
        help_text="記載がないときは、次の合計です。基礎控除5万円、配偶者控除5万円、"
        "16歳から18歳の扶養親族1人につき5万円、19歳から22歳は1人につき18万円。",
        initial="50000",
    )

    def compute(self, *, tables: LimitTables) -> limits.LimitResult:
        """This will compute from the notice's figures."""
        data = self.cleaned_data
        return limits.limit_from_notice(
            levy_yen=data["levy"],
            other_credits_yen=data["other_credits"],
            taxable_yen=data["taxable"],
            personal_difference_yen=data["personal_difference"],
            year=data["year"],
            tables=tables,
        )


FORMS: Mapping[str, type[LimitForm]] = {
    form.kind: form for form in (SalaryForm, SlipForm, NoticeForm)
}


def when_reached_field() -> forms.ChoiceField:
    """This will ask what becomes of a month that would exceed the limit."""
    return forms.ChoiceField(
        label="上限をこえる月は",
        choices=states.WhenReached.choices,
        initial=states.WhenReached.STOP,
        help_text="その月の内容が決まるときに確かめます。もう決まっている月は変わりません。",
        widget=forms.RadioSelect,
        error_messages={
            "required": "どれかを選んでください。",
            "invalid_choice": "一覧から選んでください。",
        },
    )


class KeepLimitForm(number_guard.GuardedForm):
    """What becomes of months beyond a limit that was computed."""

    when_reached = when_reached_field()


class OwnLimitForm(number_guard.GuardedForm):
    """A yearly limit typed by hand, for this year or the next."""

    year = forms.TypedChoiceField(
        label="いつの年",
        coerce=int,
        widget=forms.Select(attrs={"class": "field__input field__input--short"}),
        error_messages={"invalid_choice": "一覧から選んでください。"},
    )

    limit = YenField(
        label="この年の上限",
        help_text="ほかの町への寄附も考えて、この町へ1年に寄附する額の上限を入れます。",
        least=1,
    )
    when_reached = when_reached_field()

    def __init__(self, *args: Any, years: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(str(year), f"{year}年") for year in years]
