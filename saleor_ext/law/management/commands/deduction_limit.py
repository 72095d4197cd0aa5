"""manage.py deduction_limit: how much may be given so that all but 2,000 yen comes back."""

import csv
import io
import json
import re
import unicodedata
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_ext.common import clock, money
from saleor_ext.law import deduction_limit as limits
from saleor_ext.law import errors, limit_tables, messages

MAN_YEN = 10_000
HEADER = ["income_man_yen", "family"]
RESULT = "limit_yen"
SLIP = ("slip_income", "social_insurance")
NOTICE = ("levy", "taxable", "personal_difference")


class Command(BaseCommand):
    """One person's limit, or a whole table of them. Reads nothing and writes nothing."""

    help = (
        "控除の上限の目安を計算します。給与収入と家族構成、源泉徴収票の数字、"
        "住民税決定通知書の数字のどれかから計算できます。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will declare the options."""
        parser.add_argument("--income", help="給与収入(円)")
        parser.add_argument("--family", help="家族構成: " + " ".join(limits.FAMILIES))
        parser.add_argument("--year", help="寄附の年(西暦。省略時は今年)")
        parser.add_argument("--json", action="store_true", help='{"limit_yen": …} だけを出します')
        parser.add_argument("--csv", help="income_man_yen,family の表(CSV)に limit_yen を足します")
        slip = parser.add_argument_group("源泉徴収票から")
        slip.add_argument("--slip-income", help="給与所得控除後の金額(円)")
        slip.add_argument("--social-insurance", help="社会保険料等の金額(円)")
        slip.add_argument(
            "--other-deductions", default="0", help="その他の所得控除(住民税の額、円)"
        )
        slip.add_argument("--spouse", action="store_true", help="所得のない配偶者がいる")
        slip.add_argument("--high-school", default="0", help="16歳から18歳の扶養親族の人数")
        slip.add_argument("--university", default="0", help="19歳から22歳の扶養親族の人数")
        notice = parser.add_argument_group("住民税決定通知書から")
        notice.add_argument("--levy", help="所得割額(市町村と都道府県の合計、円)")
        notice.add_argument("--other-credits", default="0", help="調整控除以外の税額控除(円)")
        notice.add_argument("--taxable", help="課税総所得金額(円)")
        notice.add_argument("--personal-difference", help="人的控除差調整額(円)")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will compute and print."""
        year = whole_read(options["year"], what="年") if options["year"] else clock.today().year
        try:
            if options["csv"]:
                self.stdout.write(table_filled(Path(options["csv"]), year=year), ending="")
                return
            result = _result(options, year=year)
        except errors.LawDataInvalid as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({RESULT: result.limit_yen}))
        else:
            self._words(result)
        for note in result.notes:
            self.stderr.write(messages.NOTES[note])

    def _words(self, result: limits.LimitResult) -> None:
        words = "-" if result.limit_yen is None else money.words(result.limit_yen)
        self.stdout.write(f"{result.year}年の寄附の上限の目安: {words}")
        if result.limit_yen is None:
            self.stdout.write(messages.NOTES["nothing"])
        for line in (*messages.NOT_KNOWN, messages.GUIDE_ONLY):
            self.stdout.write(f"・{line}")


def whole_read(text: str, *, what: str) -> int:
    """This will read a whole number; commas, 円 and full width are welcome.

    Raises:
        CommandError: it is not one.
    """
    digits = unicodedata.normalize("NFKC", text).strip().removesuffix("円").replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,15}", digits):
        raise CommandError(f"{what}は数字で書いてください: {text}")
    return int(digits)


def _result(options: dict[str, Any], *, year: int) -> limits.LimitResult:
    """This will compute from whichever figures were given; exactly one kind must be."""
    kinds = {
        "salary": options["income"] is not None or options["family"] is not None,
        "slip": any(options[name] is not None for name in SLIP),
        "notice": any(options[name] is not None for name in NOTICE),
    }
    chosen = [kind for kind, is_given in kinds.items() if is_given]
    if len(chosen) != 1:
        raise CommandError(
            "--income と --family、--slip-income と --social-insurance、"
            "--levy と --taxable と --personal-difference の、どれか1組を指定してください。"
        )
    compute = {"salary": _from_salary, "slip": _from_slip, "notice": _from_notice}[chosen[0]]
    return refusals_told(compute, options, year=year)


def refusals_told(compute: Any, options: dict[str, Any], *, year: int) -> limits.LimitResult:
    """This will turn a refusal into a sentence on the command line.

    Raises:
        CommandError: the figures were refused.
    """
    try:
        result: limits.LimitResult = compute(options, year=year, tables=limit_tables.limit_tables())
    except errors.LimitFamilyUnknown:
        raise CommandError(f"家族構成は {' '.join(limits.FAMILIES)} のどれかです。") from None
    except errors.LimitYearUnknown:
        first = limit_tables.limit_tables().first_year
        raise CommandError(f"{year}年の寄附の計算はできません。{first}年からです。") from None
    except errors.LimitSalaryUnknown as error:
        least = money.words(int(str(error.fields["least_yen"])))
        raise CommandError(
            f"給与収入が{least}より少ない場合は、前提(社会保険料の割合など)が確かめられないため"
            "計算できません。源泉徴収票か住民税決定通知書の数字で計算してください。"
        ) from None
    except errors.LimitFigureInvalid as error:
        what = messages.FIGURES[str(error.fields["field"])]
        raise CommandError(f"{what}は0以上の、ありうる大きさの数で書いてください。") from None
    return result


def _needed(options: dict[str, Any], name: str, what: str) -> str:
    if options[name] is None:
        raise CommandError(f"--{name.replace('_', '-')}({what})も指定してください。")
    return str(options[name])


def _yen(options: dict[str, Any], name: str, field: str) -> int:
    what = messages.FIGURES[field]
    return whole_read(_needed(options, name, what), what=what)


def _from_salary(options: dict[str, Any], **rest: Any) -> limits.LimitResult:
    salary_yen = _yen(options, "income", "salary")
    key = limits.family_key(name=_needed(options, "family", "家族構成"))
    return limits.limit_from_salary(
        salary_yen=salary_yen, household=limits.FAMILIES[key].household, **rest
    )


def _from_slip(options: dict[str, Any], **rest: Any) -> limits.LimitResult:
    return limits.limit_from_slip(
        income_yen=_yen(options, "slip_income", "income"),
        social_insurance_yen=_yen(options, "social_insurance", "social_insurance"),
        other_deductions_yen=_yen(options, "other_deductions", "other_deductions"),
        household=limits.Household(
            has_spouse=options["spouse"],
            high_school=_yen(options, "high_school", "high_school"),
            university=_yen(options, "university", "university"),
        ),
        **rest,
    )


def _from_notice(options: dict[str, Any], **rest: Any) -> limits.LimitResult:
    return limits.limit_from_notice(
        levy_yen=_yen(options, "levy", "levy"),
        other_credits_yen=_yen(options, "other_credits", "other_credits"),
        taxable_yen=_yen(options, "taxable", "taxable"),
        personal_difference_yen=_yen(options, "personal_difference", "personal_difference"),
        **rest,
    )


def table_filled(path: Path, *, year: int) -> str:
    """This will return a table with its third column; nothing of it when any row is wrong.

    Raises:
        CommandError: no such file, not a table of two columns, or a row that cannot be computed.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except OSError:
        raise CommandError(f"ファイルが読めません: {path.name}") from None
    except (UnicodeDecodeError, csv.Error):
        raise CommandError(f"{path.name} は UTF-8 の CSV ではありません。") from None
    if not rows or rows[0][:2] != HEADER or rows[0][2:] not in ([], [RESULT]):
        raise CommandError(f"1行目は {','.join(HEADER)} と書いてください。")
    filled = [[*HEADER, RESULT]]
    filled += [
        _row_filled(row, line=n, year=year) for n, row in enumerate(rows[1:], start=2) if row
    ]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(filled)
    return out.getvalue()


def _row_filled(row: Sequence[str], *, line: int, year: int) -> list[str]:
    if len(row) not in (len(HEADER), len(HEADER) + 1):
        raise CommandError(f"{line}行目: {','.join(HEADER)} の2列で書いてください。")
    try:
        income = whole_read(row[0], what="収入(万円)") * MAN_YEN
        options = {"income": str(income), "family": row[1]}
        result = refusals_told(_from_salary, options, year=year)
    except CommandError as error:
        raise CommandError(f"{line}行目: {error}") from None
    return [row[0], row[1], "" if result.limit_yen is None else str(result.limit_yen)]
