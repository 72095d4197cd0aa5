"""The deduction limit for anybody, and the yearly limit a donor keeps."""

import pytest

from saleor_ext.membership import models, planning, selectors
from tests.builders import world

SALARY = {"kind": "salary", "salary-salary": "500万", "salary-family": "couple"}
SALARY |= {"salary-year": "2026"}
SLIP = {
    "kind": "slip",
    "slip-income": "3,560,000",
    "slip-social_insurance": "750000円",
    "slip-spouse": "on",
    "slip-high_school": "0",
    "slip-university": "0",
    "slip-year": "2026",
}
NOTICE = {
    "kind": "notice",
    "notice-levy": "202,500",
    "notice-taxable": "2050000",
    "notice-personal_difference": "100000",
    "notice-year": "2026",
}

OWN = {"year": "2026", "when_reached": "stop"}


@pytest.fixture
def town_with_months(hanako):
    """A member since November whose coming months are planned; a smaller tier exists."""
    membership = world.member_make(donor=hanako)
    world.tier_make(slug="tayori", name="便り会員", amount_yen=2000)
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=world.TODAY, town=town)
    return membership


def test_the_page_says_what_it_does_not_know(page_client, tier):
    page = page_client.get("/limit/")

    for words in ("この計算で分からないこと", "住宅ローン控除", "目安です", "自治体で要確認"):
        assert words in page.body


@pytest.mark.parametrize("figures", [SALARY, SLIP, NOTICE], ids=["salary", "slip", "notice"])
def test_each_way_leads_to_the_same_answer(page_client, tier, figures):
    page = page_client.post_refused("/limit/", figures, status=200)

    assert "2026年の寄附の上限の目安 49,000円" in page.body
    assert "サインイン" in page.body
    assert models.YearLimit.objects.count() == 0


def test_a_dash_is_explained_and_cannot_be_kept(signed_in, hanako):
    figures = SALARY | {"salary-salary": "3000000", "salary-family": "couple_univ_high"}

    page = signed_in().post_refused("/limit/", figures, status=200)

    assert "自己負担2,000円を超えて控除される見込みがほとんどありません" in page.body
    assert "上限にする" not in page.body


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (SALARY | {"salary-salary": "たくさん"}, "円単位の数字で入力してください"),
        (SALARY | {"salary-salary": "-5"}, "円単位の数字で入力してください"),
        (SALARY | {"salary-salary": ""}, "入力してください"),
        (SALARY | {"salary-salary": "250万"}, "300万円より少ない場合は"),
        (SALARY | {"salary-family": "nobody"}, "一覧から選んでください"),
        (SALARY | {"salary-year": "2019"}, "一覧から選んでください"),
    ],
)
def test_what_cannot_be_computed_is_told(page_client, tier, figures, words):
    page = page_client.post_refused("/limit/", figures)

    assert words in page.body
    assert "寄附の上限の目安" not in page.body


def test_a_donor_keeps_the_answer_sees_changes_and_removes_it(signed_in, hanako):
    # given
    world.member_make(donor=hanako)
    browser = signed_in()
    answer = browser.post_refused("/limit/", SALARY, status=200)
    result = answer.with_id("result").get("value")

    # when
    browser.post("/limit/keep/", {"result": result, "when_reached": "lower"}, to="/my/limit/")

    # then
    kept = models.YearLimit.objects.get()
    assert (kept.donor_id, kept.year, kept.limit_yen) == (hanako.pk, 2026, 49_000)
    assert (kept.origin, kept.set_on) == ("calculator", world.TODAY)
    assert kept.when_reached == "lower"
    page = browser.get("/my/limit/")
    for words in (
        "49,000円",
        "計算による上限(2026年11月24日(火))",
        "その月だけ下げます",
        "もう決まっている月は、上限を下げても変わりません",
    ):
        assert words in page.body
    assert "ご自分の上限 49,000円" in browser.get("/my/").body

    # when it is changed by hand
    browser.post("/my/limit/", OWN | {"limit": "3万"}, to="/my/limit/")
    kept.refresh_from_db()
    assert (kept.limit_yen, kept.origin) == (30_000, "by_hand")

    # when it is removed
    browser.post("/my/limit/remove/", {"year": "2026"}, to="/my/limit/")
    assert models.YearLimit.objects.count() == 0


def test_nothing_but_our_own_result_is_kept_as_computed(signed_in, hanako):
    signed_in().post("/limit/keep/", {"result": "forged"}, to="/limit/")

    assert models.YearLimit.objects.count() == 0


def test_how_to_go_on_beyond_the_limit_must_be_chosen(signed_in, hanako):
    browser = signed_in()
    result = browser.post_refused("/limit/", SALARY, status=200).with_id("result").get("value")

    browser.post("/limit/keep/", {"result": result}, to="/limit/")
    page = browser.post_refused("/my/limit/", {"limit": "30000", "year": "2026"})

    assert "どれかを選んでください" in page.body
    assert models.YearLimit.objects.count() == 0


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("stop", "見送る予定です"),
        ("lower", "この月だけ便り会員の額に下げる予定です"),
        ("go_on", "この月で1年の上限をこえます"),
    ],
)
def test_the_plan_says_in_which_month_the_limit_would_be_exceeded(
    signed_in, hanako, town_with_months, when, said
):
    # given 3,000 yen in November and 3,000 in December
    browser = signed_in()

    # when
    browser.post("/my/limit/", OWN | {"limit": "5000", "when_reached": when}, to="/my/limit/")

    # then both pages say it
    exceeded = "このまま進むと、12月分(12月24日(木)のご寄附)で、2026年の上限5,000円をこえます。"
    own, mine = browser.get("/my/limit/").body, browser.get("/my/").body
    for page in (own, mine):
        assert exceeded in page
    assert said in own
    is_changed = "2027年1月24日(日)のご寄附から、いつものプランの額に戻ります。"
    assert (is_changed in mine) is (when != "go_on")


def test_a_limit_of_the_next_year_can_be_set(signed_in, hanako):
    signed_in().post("/my/limit/", OWN | {"limit": "5000", "year": "2027"}, to="/my/limit/")

    assert models.YearLimit.objects.get().year == 2027


def test_a_limit_of_nothing_is_refused(signed_in, hanako):
    page = signed_in().post_refused("/my/limit/", OWN | {"limit": "0"})

    assert "円単位の数字で入力してください" in page.body
    assert models.YearLimit.objects.count() == 0


def test_nobody_sees_or_removes_another_persons_limit(signed_in, hanako):
    signed_in().post("/my/limit/", OWN | {"limit": "30000"}, to="/my/limit/")
    world.donor_make(name="taro")

    other = signed_in("taro")
    assert "30,000円" not in other.get("/my/limit/").body
    other.post("/my/limit/remove/", {"year": "2026"}, to="/my/limit/")
    assert models.YearLimit.objects.get().limit_yen == 30_000


def test_the_own_limit_needs_a_sign_in(page_client, tier):
    page_client.get_redirect("/my/limit/", to="/signin/?next=%2Fmy%2Flimit%2F")
