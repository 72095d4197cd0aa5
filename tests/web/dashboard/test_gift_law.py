"""Staff write down what the law asks of gifts, and what benefits cost."""

import pytest

from saleor_ext.costs import models as cost_models
from saleor_ext.fulfilment import models
from saleor_ext.membership import models as membership_models

CERTIFIED = {
    "local_category": "3",
    "local_evidence": "町内で干して選別",
    "share_percent": "62.5",
    "is_standard_method": "on",
    "made_in": "高知県幡見郡汐見町",
    "retail_price_yen": "1200",
    "published_on": "2026-10-01",
}


@pytest.fixture
def address(hanako):
    return f"/staff/law/gifts/{models.Gift.objects.get().pk}/"


def test_a_certified_gift_is_kept_with_who_wrote_it(staff_client, address):
    # when
    answer = staff_client.post(address, CERTIFIED)

    # then
    assert (answer.status_code, answer["Location"]) == (303, "/staff/law/gifts/")
    gift = models.Gift.objects.get()
    assert (gift.local_category, gift.local_evidence) == (3, "町内で干して選別")
    assert (gift.value_added.share_permille, gift.value_added.retail_price_yen) == (625, 1200)
    assert gift.law_changes.get().actor.startswith("staff:")
    assert "62.5%" in staff_client.get("/staff/law/gifts/").content.decode()
    assert "62.5" in staff_client.get(address).content.decode()


@pytest.mark.parametrize("missing", ["share_percent", "made_in", "retail_price_yen"])
def test_category_3_without_its_certificate_is_refused_in_words(staff_client, address, missing):
    answer = staff_client.post(address, CERTIFIED | {missing: ""})

    assert answer.status_code == 422
    assert "類型3の返礼品には要ります。" in answer.content.decode()
    assert models.ValueAdded.objects.count() == models.GiftLawChange.objects.count() == 0


def test_another_method_needs_its_words(staff_client, address):
    form = {name: value for name, value in CERTIFIED.items() if name != "is_standard_method"}

    assert staff_client.post(address, form).status_code == 422
    form |= {"other_method": "工程の時間で按分", "other_reason": "区域外の費用が出せない"}
    assert staff_client.post(address, form).status_code == 303
    assert models.ValueAdded.objects.get().other_method == "工程の時間で按分"


def test_another_category_needs_no_certificate_and_loses_none(staff_client, address):
    staff_client.post(address, CERTIFIED)

    staff_client.post(address, {"local_category": "1", "local_evidence": "町内の畑で収穫"})

    assert models.Gift.objects.get().local_category == 1
    assert models.ValueAdded.objects.count() == 1


def test_what_benefits_cost_is_kept_with_who_wrote_it(staff_client, hanako):
    # given
    tier = membership_models.Tier.objects.get()

    # when
    answer = staff_client.post(f"/staff/law/tiers/{tier.pk}/", {"benefit_cost_yen": "50"})

    # then
    assert answer.status_code == 303
    tier.refresh_from_db()
    assert tier.benefit_cost_yen == 50
    change = tier.benefit_costs.get()
    assert (change.old_yen, change.new_yen) == (0, 50)


@pytest.mark.parametrize("cost", ["-1", "x", ""])
def test_a_cost_that_is_none_is_refused(staff_client, hanako, cost):
    tier = membership_models.Tier.objects.get()

    answer = staff_client.post(f"/staff/law/tiers/{tier.pk}/", {"benefit_cost_yen": cost})

    assert answer.status_code == 422
    assert cost_models.BenefitCost.objects.count() == 0


def test_a_gift_or_tier_that_does_not_exist_is_not_found(staff_client, hanako):
    assert staff_client.get("/staff/law/gifts/999/").status_code == 404
    assert staff_client.get("/staff/law/tiers/999/").status_code == 404
