"""The deduction limit: the Ministry's own table, its edges by name, three ways to an answer."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_ext.law import deduction_limit as limits
from saleor_ext.law import errors, limit_tables

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data" / "soumu_limits.csv"


def limit(man_yen, family="single", year=2026):
    return limits.limit_from_salary(
        salary_yen=man_yen * 10_000,
        household=limits.FAMILIES[family].household,
        year=year,
        tables=limit_tables.limit_tables(),
    )


def from_notice(**figures):
    values = {"levy_yen": 0, "other_credits_yen": 0, "taxable_yen": 0}
    values |= {"personal_difference_yen": 50_000, "year": 2026}
    return limits.limit_from_notice(**values | figures, tables=limit_tables.limit_tables())


def from_slip(**figures):
    values = {"income_yen": 0, "social_insurance_yen": 0, "other_deductions_yen": 0}
    values |= {"household": limits.Household(), "year": 2026}
    return limits.limit_from_slip(**values | figures, tables=limit_tables.limit_tables())


@pytest.mark.skipif(not BESIDE.is_file(), reason="the Ministry's table is not here")
def test_every_cell_of_the_ministrys_table_is_met():
    rows = list(csv.DictReader(BESIDE.open(encoding="utf-8")))
    found = {
        (row["income_man_yen"], row["family"]): limit(
            int(row["income_man_yen"]), limits.family_key(name=row["family"])
        ).limit_yen
        for row in rows
    }

    printed = {
        (row["income_man_yen"], row["family"]): int(row["limit_yen"]) if row["limit_yen"] else None
        for row in rows
    }
    assert len(printed) == 154
    assert found == printed


@pytest.mark.parametrize(
    ("case", "man_yen", "family", "yen"),
    [
        ("taxable income of exactly 1,950,000 is still in the 5 % step", 500, "couple", 49_000),
        ("from the 10 % to the 20 % step", 650, "single", 97_000),
        ("the spouse's deduction fades out", 1100, "couple", 202_000),
        ("the income adjustment brings the spouse back", 1200, "couple_high", 229_000),
        ("two children stay below the 40 % step", 2300, "dual_univ_high", 642_000),
        ("the Ministry prints a dash", 300, "couple_univ_high", None),
        ("social insurance stops growing", 1800, "single", 498_000),
        ("the last row", 2500, "single", 855_000),
    ],
)
def test_edges_of_the_table(case, man_yen, family, yen):
    assert limit(man_yen, family).limit_yen == yen, case


def test_the_cap_holds_for_donations_from_2027_and_not_a_day_before():
    # given a levy at which 20 % is just 1,930,000 yen, and one above it
    at, above = 9_650_000, 9_660_000

    # then
    assert from_notice(levy_yen=at, taxable_yen=96_500_000, year=2027).limit_yen == 4_382_000
    assert from_notice(levy_yen=at, taxable_yen=96_500_000, year=2026).limit_yen == 4_382_000
    assert from_notice(levy_yen=above, taxable_yen=96_600_000, year=2026).limit_yen == 4_387_000
    capped = from_notice(levy_yen=above, taxable_yen=96_600_000, year=2027)
    assert (capped.limit_yen, capped.notes) == (4_382_000, ("capped",))
    assert from_notice(levy_yen=10**9, taxable_yen=10**10, year=2027).limit_yen == 4_382_000


def test_what_lies_beyond_the_known_years_is_said():
    assert limit(500, year=2027).notes == ()
    assert limit(500, year=2028).notes == ("year_ahead",)
    assert limit(500, year=2028).limit_yen == limit(500, year=2026).limit_yen


def test_above_the_table_it_is_computed_and_said():
    assert limit(2500).notes == ()
    assert limit(2501).notes == ("above_table",)


@pytest.mark.parametrize(
    ("taxable_yen", "percent"),
    [
        (50_000, 5),
        (49_999, 0),
        (2_000_000, 5),
        (2_000_001, 10),
        (3_350_000, 10),
        (3_350_001, 20),
        (7_000_000, 20),
        (7_000_001, 23),
        (9_050_000, 23),
        (9_050_001, 33),
        (18_050_000, 33),
        (18_050_001, 40),
        (40_050_000, 40),
        (40_050_001, 45),
    ],
)
def test_upper_bounds_of_the_income_tax_steps_are_included(taxable_yen, percent):
    assert from_notice(taxable_yen=taxable_yen).income_tax_percent == percent


@given(
    man_yen=st.integers(300, 2500),
    family=st.sampled_from(sorted(limits.FAMILIES)),
    year=st.sampled_from([2020, 2026, 2027]),
)
def test_more_salary_never_means_a_lower_levy_and_notice_and_salary_agree(man_yen, family, year):
    less, more = limit(man_yen, family, year), limit(man_yen + 1, family, year)

    assert less.levy_yen <= more.levy_yen
    assert less.limit_yen is None or less.limit_yen % 1000 == 0
    assert (less.limit_yen or 0) * 100 <= less.levy_yen * 20 * 100_000 // 44_055 + 200_000


def test_the_slip_and_the_notice_lead_to_the_table_too():
    # 5,000,000 yen, a couple: income 3,560,000, insurance 750,000, taxable 2,050,000
    couple = limits.FAMILIES["couple"].household

    slip = from_slip(income_yen=3_560_000, social_insurance_yen=750_000, household=couple)
    notice = from_notice(levy_yen=202_500, taxable_yen=2_050_000, personal_difference_yen=100_000)

    assert slip.limit_yen == notice.limit_yen == limit(500, "couple").limit_yen == 49_000
    assert slip.levy_yen == notice.levy_yen == 202_500


def test_other_deductions_lower_the_limit_and_other_credits_do_not_hide_the_levy():
    plain = from_slip(income_yen=3_560_000, social_insurance_yen=750_000)
    insured = from_slip(
        income_yen=3_560_000, social_insurance_yen=750_000, other_deductions_yen=276_000
    )
    assert (plain.limit_yen, insured.limit_yen) == (61_000, 54_000)

    paid = from_notice(levy_yen=152_500, other_credits_yen=50_000, taxable_yen=2_050_000)
    assert paid.levy_yen == 202_500


@pytest.mark.parametrize(
    ("compute", "refusal"),
    [
        (lambda: limit(299), errors.LimitSalaryUnknown),
        (lambda: limit(-1), errors.LimitFigureInvalid),
        (lambda: limit(10**8), errors.LimitFigureInvalid),
        (lambda: limit(500, year=2019), errors.LimitYearUnknown),
        (lambda: limit(500, year=2101), errors.LimitYearUnknown),
        (lambda: from_notice(levy_yen=-1), errors.LimitFigureInvalid),
        (lambda: from_slip(income_yen=-1), errors.LimitFigureInvalid),
        (
            lambda: from_slip(household=limits.Household(university=21)),
            errors.LimitFigureInvalid,
        ),
        (lambda: limits.family_key(name="三世代"), errors.LimitFamilyUnknown),
    ],
)
def test_figures_that_cannot_be_are_refused(compute, refusal):
    with pytest.raises(refusal):
        compute()


def test_every_family_is_found_by_key_and_by_its_japanese_name_in_any_width():
    assert list(limits.FAMILIES) == [
        "single",
        "couple",
        "dual_high",
        "dual_univ",
        "couple_high",
        "dual_univ_high",
        "couple_univ_high",
    ]
    for key, family in limits.FAMILIES.items():
        assert limits.family_key(name=key) == key
        assert limits.family_key(name=family.label.replace("(", "(")) == key


WRONG = {
    "a number is missing": ("step_yen = 4_000\n", ""),
    "a key is misspelt": ("below_yen =", "bellow_yen ="),
    "steps are not in order": ("up_to_yen = 3_600_000", "up_to_yen = 9_600_000"),
    "a certainty nobody knows": ('certainty = "S"', 'certainty = "?"'),
    "two figures of one year": ("to_year = 2026\n", ""),
    "a source is empty": (
        'source = "https://www.city.kurayoshi.lg.jp/6729.htm(総務省の資料による)"',
        'source = ""',
    ),
    "no TOML": ("[[figures]]", "[[figures"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_data_file_with_a_fault_is_refused_as_a_whole(fault, tmp_path):
    # given
    text = limit_tables.data_files.data_path(limit_tables.FILE).read_text(encoding="utf-8")
    assert WRONG[fault][0] in text
    path = tmp_path / "limits.toml"
    path.write_text(text.replace(*WRONG[fault], 1), encoding="utf-8")

    # then
    with pytest.raises(errors.LawDataInvalid):
        limit_tables.tables_read(path)
