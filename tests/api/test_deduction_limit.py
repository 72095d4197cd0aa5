"""The deduction limit and the yearly limit in the API."""

import pytest

from saleor_ext.membership import models, planning, selectors
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SET = """
mutation ($year: Int!, $yen: Yen!) {
  yearLimitSet(year: $year, limitYen: $yen, origin: CALCULATOR) {
    errors { code } yearLimit { year limitYen origin whenReached setOn }
  }
}
"""


def test_anybody_may_compute_in_three_ways():
    data = (
        api_client.anonymous()
        .ask(
            """
            {
              salary: deductionLimit(incomeYen: 5000000, family: COUPLE) {
                year limitYen levyYen notes notKnown guideOnly
              }
              slip: deductionLimitFromSlip(
                incomeYen: 3560000, socialInsuranceYen: 750000, hasSpouse: true
              ) { limitYen }
              notice: deductionLimitFromNotice(
                levyYen: 202500, taxableYen: 2050000, personalDifferenceYen: 100000, year: 2027
              ) { limitYen }
              none: deductionLimit(incomeYen: 3000000, family: COUPLE_UNIV_HIGH) { limitYen notes }
            }
            """
        )
        .data
    )

    assert (data["salary"]["year"], data["salary"]["limitYen"]) == (2026, 49_000)
    assert (data["salary"]["levyYen"], data["salary"]["notes"]) == (202_500, [])
    assert "住宅ローン控除" in data["salary"]["notKnown"][0]
    assert data["slip"]["limitYen"] == data["notice"]["limitYen"] == 49_000
    assert data["none"]["limitYen"] is None
    assert len(data["none"]["notes"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("incomeYen: 2000000, family: SINGLE", "LIMIT_SALARY_UNKNOWN"),
        ("incomeYen: -1, family: SINGLE", "LIMIT_FIGURE_INVALID"),
        ("incomeYen: 5000000, family: SINGLE, year: 2019", "LIMIT_YEAR_UNKNOWN"),
    ],
)
def test_what_cannot_be_computed_has_its_code(arguments, code):
    answer = api_client.anonymous().ask(f"{{ deductionLimit({arguments}) {{ limitYen }} }}")

    assert answer.codes == [code]


def test_a_donor_keeps_sees_and_removes_his_limit_and_nobody_elses():
    # given
    world.world_make()
    world.donor_make()
    hanako, taro = api_client.as_donor("hanako"), api_client.as_donor("taro")

    # when
    done = hanako.ask(SET, year=2026, yen=49_000).data["yearLimitSet"]

    # then
    kept = {"year": 2026, "limitYen": 49_000, "origin": "CALCULATOR", "whenReached": "STOP"}
    kept |= {"setOn": "2026-11-24"}
    assert done == {"errors": [], "yearLimit": kept}
    ask = "{ me { yearLimit { limitYen } } }"
    assert hanako.ask(ask).data["me"]["yearLimit"] == {"limitYen": 49_000}
    assert taro.ask(ask).data["me"]["yearLimit"] is None
    remove = "mutation { yearLimitRemove(year: 2026) { errors { code } } }"
    taro.ask(remove)
    assert models.YearLimit.objects.count() == 1
    assert hanako.ask(remove).data == {"yearLimitRemove": {"errors": []}}
    assert models.YearLimit.objects.count() == 0


@pytest.mark.parametrize(("year", "yen"), [(2025, 1), (2028, 1), (2026, 0), (2026, -5)])
def test_a_limit_that_cannot_be_is_refused(year, yen):
    world.world_make()
    world.donor_make()

    done = api_client.as_donor().ask(SET, year=year, yen=yen).data["yearLimitSet"]

    assert done["errors"] == [{"code": "YEAR_LIMIT_INVALID"}]
    assert models.YearLimit.objects.count() == 0


def test_without_a_sign_in_nothing_is_kept():
    assert api_client.anonymous().ask(SET, year=2026, yen=1).codes == ["UNAUTHENTICATED"]


def test_a_member_reads_in_which_month_his_limit_is_reached():
    # given
    member = world.member_make(tier=world.world_make())
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=world.TODAY, town=town)
    hanako = api_client.as_donor("hanako")
    hanako.ask(
        "mutation { yearLimitSet(year: 2026, limitYen: 5000, origin: BY_HAND, "
        "whenReached: LOWER) { errors { code } } }"
    )

    # when
    plan = hanako.ask(
        """
        { me { yearPlan {
          year paidYen scheduledYen expectedYen backOn limit { limitYen whenReached }
          firstOver { month chargeOn wantedYen amountYen totalYen outcome isFixed tier { slug } }
          months { chargeOn }
        } } }
        """
    ).data["me"]["yearPlan"]

    # then
    december = member.cycles.get(n=1)
    assert plan == {
        "year": 2026,
        "paidYen": 3000,
        "scheduledYen": 0,
        "expectedYen": 3000,
        "backOn": "2027-01-24",
        "limit": {"limitYen": 5000, "whenReached": "LOWER"},
        "firstOver": {
            "month": "2026-12-01",
            "chargeOn": december.charge_on.isoformat(),
            "wantedYen": 3000,
            "amountYen": 0,
            "totalYen": 3000,
            "outcome": "LEFT_OUT",
            "isFixed": False,
            "tier": None,
        },
        "months": [{"chargeOn": "2026-12-24"}],
    }
    assert api_client.as_donor("taro").ask("{ me { yearPlan { year } } }").data["me"] == {
        "yearPlan": None
    }
    assert hanako.ask("{ me { yearPlan(year: 2032) { year } } }").codes == ["INVALID"]
