"""How much somebody may give in a year so that all but 2,000 yen comes back as less tax.

Pure arithmetic on whole yen; the figures are dated data (`limit_tables`). What the result rests
on, worked out by hand: docs/algorithms/deduction-limit.md.

Law: deduction_limit, deduction_cap_2027
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from saleor_ext.law import errors
from saleor_ext.law.limit_tables import Figure, LimitTables

FIGURE_MOST_YEN = 100_000_000_000
"""More than anybody earns: a larger figure is a slip of the finger."""
CHILDREN_MOST = 20
RATE_UNIT = 100_000
"""Shares of income tax are whole hundred-thousandths: 5 % × 1.021 = 5,105 / 100,000."""
RESIDENT_TAX_SHARE = 90_000
ROUNDED_TO_YEN = 1_000


@dataclass(frozen=True, kw_only=True)
class Household:
    """Who counts for the taxes: a spouse without income, children of 16 to 18 and of 19 to 22."""

    has_spouse: bool = False
    high_school: int = 0
    university: int = 0


@dataclass(frozen=True, kw_only=True)
class Family:
    """A column of the Ministry's table."""

    label: str
    household: Household


FAMILIES: Mapping[str, Family] = {
    "single": Family(label="独身又は共働き", household=Household()),
    "couple": Family(label="夫婦", household=Household(has_spouse=True)),
    "dual_high": Family(label="共働き+子1人(高校生)", household=Household(high_school=1)),
    "dual_univ": Family(label="共働き+子1人(大学生)", household=Household(university=1)),
    "couple_high": Family(
        label="夫婦+子1人(高校生)", household=Household(has_spouse=True, high_school=1)
    ),
    "dual_univ_high": Family(
        label="共働き+子2人(大学生と高校生)", household=Household(high_school=1, university=1)
    ),
    "couple_univ_high": Family(
        label="夫婦+子2人(大学生と高校生)",
        household=Household(has_spouse=True, high_school=1, university=1),
    ),
}
"""The seven columns of the Ministry's table, in its order."""


@dataclass(frozen=True, kw_only=True)
class LimitResult:
    """The limit in yen, rounded down to 1,000; None where the Ministry prints 「-」.

    `notes` are codes of what has to be said beside this result: `above_table`, `year_ahead`,
    `capped`.
    """

    year: int
    limit_yen: int | None
    levy_yen: int
    income_tax_percent: int
    notes: tuple[str, ...]


def family_key(*, name: str) -> str:
    """This will return the key of a family given by key or by its Japanese name.

    Raises:
        LimitFamilyUnknown: there is no such column.
    """
    wanted = "".join(unicodedata.normalize("NFKC", name).split())
    for key, family in FAMILIES.items():
        if wanted in (key, family.label):
            return key
    raise errors.LimitFamilyUnknown()


def limit_from_salary(
    *, salary_yen: int, household: Household, year: int, tables: LimitTables
) -> LimitResult:
    """This will return the limit of somebody who has a salary (額面) and no other deduction.

    `year` is the calendar year of the donations, and of the income.

    Raises:
        LimitYearUnknown: figures of that year are not known.
        LimitSalaryUnknown: below the range for which the assumptions are known.
        LimitFigureInvalid: a figure is negative or impossibly large.
    """
    figures = tables.of_year(year)
    _figure_check("salary", salary_yen)
    _household_check(household)
    if salary_yen < tables.salary_least_yen:
        raise errors.LimitSalaryUnknown(least_yen=tables.salary_least_yen)
    result = _from_income(
        income_yen=_income(salary_yen, household=household, figures=figures),
        deducted_yen=figures["social_insurance"].band(salary_yen).amount_yen(salary_yen),
        household=household,
        year=year,
        tables=tables,
    )
    if salary_yen <= tables.salary_table_most_yen:
        return result
    return replace(result, notes=(*result.notes, "above_table"))


def limit_from_slip(
    *,
    income_yen: int,
    social_insurance_yen: int,
    other_deductions_yen: int,
    household: Household,
    year: int,
    tables: LimitTables,
) -> LimitResult:
    """This will return the limit from a withholding slip (源泉徴収票).

    `income_yen` is 給与所得控除後の金額(調整控除後), `social_insurance_yen` 社会保険料等の金額,
    `other_deductions_yen` whatever else lowers the resident tax (insurance, iDeCo).

    Raises:
        LimitYearUnknown: figures of that year are not known.
        LimitFigureInvalid: a figure is negative or impossibly large.
    """
    _figure_check("income", income_yen)
    _figure_check("social_insurance", social_insurance_yen)
    _figure_check("other_deductions", other_deductions_yen)
    _household_check(household)
    return _from_income(
        income_yen=income_yen,
        deducted_yen=social_insurance_yen + other_deductions_yen,
        household=household,
        year=year,
        tables=tables,
    )


def limit_from_notice(
    *,
    levy_yen: int,
    other_credits_yen: int,
    taxable_yen: int,
    personal_difference_yen: int,
    year: int,
    tables: LimitTables,
) -> LimitResult:
    """This will return the limit from a resident tax notice (住民税決定通知書).

    `levy_yen` is 所得割額 of town and prefecture together; `other_credits_yen` what was taken off
    it beside 調整控除 (an earlier donation, a housing loan); `taxable_yen` is 課税総所得金額.

    Raises:
        LimitYearUnknown: figures of that year are not known.
        LimitFigureInvalid: a figure is negative or impossibly large.
    """
    _figure_check("levy", levy_yen)
    _figure_check("other_credits", other_credits_yen)
    _figure_check("taxable", taxable_yen)
    _figure_check("personal_difference", personal_difference_yen)
    return _from_levy(
        levy_yen=levy_yen + other_credits_yen,
        taxable_yen=taxable_yen,
        difference_yen=personal_difference_yen,
        year=year,
        tables=tables,
    )


def _figure_check(field: str, yen: int) -> None:
    if not 0 <= yen <= FIGURE_MOST_YEN:
        raise errors.LimitFigureInvalid(field=field)


def _household_check(household: Household) -> None:
    for field in ("high_school", "university"):
        if not 0 <= getattr(household, field) <= CHILDREN_MOST:
            raise errors.LimitFigureInvalid(field=field)


def _income(salary_yen: int, *, household: Household, figures: Mapping[str, Figure]) -> int:
    """給与所得: the salary, in steps below 6.6 million, without its deductions."""
    step = figures["salary_step"].numbers
    stepped = salary_yen
    if salary_yen < step["below_yen"]:
        stepped = salary_yen // step["step_yen"] * step["step_yen"]
    income = stepped - figures["salary_deduction"].band(salary_yen).amount_yen(stepped)
    if household.high_school or household.university:
        income -= _income_adjustment(salary_yen, figures["income_adjustment"].numbers)
    return income


def _income_adjustment(salary_yen: int, numbers: Mapping[str, int]) -> int:
    over = min(salary_yen, numbers["most_yen"]) - numbers["over_yen"]
    return max(over, 0) * numbers["percent"] // 100


def _from_income(
    *, income_yen: int, deducted_yen: int, household: Household, year: int, tables: LimitTables
) -> LimitResult:
    figures = tables.of_year(year)
    persons_yen, difference = _persons(income_yen, household=household, figures=figures)
    step = figures["levy"].numbers["step_yen"]
    taxable = max(income_yen - deducted_yen - persons_yen, 0) // step * step
    levy = taxable * figures["levy"].numbers["percent"] // 100
    credit = _adjustment_credit(
        taxable, difference=difference, income_yen=income_yen, figures=figures
    )
    return _from_levy(
        levy_yen=max(levy - credit, 0),
        taxable_yen=taxable,
        difference_yen=difference,
        year=year,
        tables=tables,
    )


def _persons(
    income_yen: int, *, household: Household, figures: Mapping[str, Figure]
) -> tuple[int, int]:
    """What persons take off the taxable income, and the difference to the income tax's amounts."""
    amount = figures["basic_deduction"].band(income_yen).plus_yen
    difference = figures["basic_difference"].numbers["difference_yen"]
    if household.has_spouse:
        spouse = figures["spouse_deduction"].band(income_yen)
        amount += spouse.plus_yen
        difference += spouse.difference_yen
    children = figures["dependants"].numbers
    amount += household.high_school * children["high_school_yen"]
    amount += household.university * children["university_yen"]
    difference += household.high_school * children["high_school_difference_yen"]
    difference += household.university * children["university_difference_yen"]
    return amount, difference


def _adjustment_credit(
    taxable_yen: int, *, difference: int, income_yen: int, figures: Mapping[str, Figure]
) -> int:
    numbers = figures["adjustment_credit"].numbers
    if income_yen > numbers["income_most_yen"]:
        return 0
    if taxable_yen <= numbers["low_taxable_yen"]:
        return min(difference, taxable_yen) * numbers["percent"] // 100
    over = difference - (taxable_yen - numbers["low_taxable_yen"])
    return max(over * numbers["percent"] // 100, numbers["least_yen"])


def _from_levy(
    *, levy_yen: int, taxable_yen: int, difference_yen: int, year: int, tables: LimitTables
) -> LimitResult:
    """L = the levy's 20 % (capped from 2027) ÷ (90 % - rate × 1.021) + 2,000, down to 1,000."""
    figures = tables.of_year(year)
    special = figures["special_deduction"].numbers
    rates = figures["income_tax_rates"]
    rate = rates.band(taxable_yen - difference_yen).percent
    share = RESIDENT_TAX_SHARE - rate * rates.numbers["surtax_permille"]
    hundredths = levy_yen * special["percent"]
    is_capped = "cap_yen" in special and hundredths > special["cap_yen"] * 100
    if is_capped:
        hundredths = special["cap_yen"] * 100
    exact = hundredths * (RATE_UNIT // 100) // share + special["own_share_yen"]
    limit = exact // ROUNDED_TO_YEN * ROUNDED_TO_YEN
    notes = [
        *(["capped"] if is_capped else []),
        *(["year_ahead"] if year > tables.known_through else []),
    ]
    return LimitResult(
        year=year,
        limit_yen=limit if limit > special["own_share_yen"] else None,
        levy_yen=levy_yen,
        income_tax_percent=rate,
        notes=tuple(notes),
    )
