"""Each refusal of a bank is said in plain Japanese, with what to do next; nothing is charged."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from fixtures.stripe.testing import StandIn
from fixtures.trial import stand_ins
from fixtures.trial.supervisor import Supervisor
from fixtures.trial.tour import pages
from fixtures.trial.tour.visitor import Visitor
from tests.e2e.books import Books
from tests.e2e.desk import Desk
from tests.e2e.donors import BANK_CONFIRMS_CARD, GOOD_CARD, Donor, bank_answer

pytestmark = pytest.mark.e2e

# A card that is reported lost or stolen reads like any other refusal: whoever holds it learns
# that from his bank.
BANK_REFUSED = (
    "カード会社がこのカードの利用を承認しませんでした。"
    "ご寄附はまだ行われていません。カード裏面の電話番号からカード会社へお問い合わせいただくか、"
    "別のカードをお試しください。"
)
NOT_CONFIRMED = (
    "カード会社による本人確認が終わりませんでした。"
    "ご寄附はまだ行われていません。もう一度お手続きいただくと、カード会社の確認画面が開きます。"
)
SENTENCES = {
    "generic_decline": BANK_REFUSED,
    "insufficient_funds": (
        "カードの利用可能額が足りないようです。ご寄附はまだ行われていません。"
        "ご利用枠や残高をお確かめのうえ、もう一度お試しいただくか、別のカードをご利用ください。"
    ),
    "expired_card": (
        "カードの有効期限が切れています。ご寄附はまだ行われていません。別のカードをお試しください。"
    ),
    "incorrect_cvc": (
        "カードのセキュリティコードが正しくないようです。ご寄附はまだ行われていません。"
        "カードの表示をご覧になりながら、もう一度ご入力ください。"
    ),
    "processing_error": (
        "カード会社と通信できませんでした。ご寄附はまだ行われていません。"
        "しばらく待ってから、もう一度お試しください。"
    ),
    "lost_card": BANK_REFUSED,
    "stolen_card": BANK_REFUSED,
    "authentication_required": NOT_CONFIRMED,
}
CARDS = {
    "generic_decline": "4000000000000002",
    "insufficient_funds": "4000000000009995",
    "expired_card": "4000000000000069",
    "incorrect_cvc": "4000000000000127",
    "processing_error": "4000000000000119",
    "lost_card": "4000000000009987",
    "stolen_card": "4000000000009979",
    "authentication_required": BANK_CONFIRMS_CARD,
}
UNKIND = re.compile(r"紛失|盗難|不正|[a-z]+_[a-z]+|Your card|decline")


@dataclass(kw_only=True)
class AtCard:
    """A donor who stands before the card field."""

    donor: Donor
    page: pages.Page


@pytest.fixture(scope="module")
def at_card(trial: Supervisor) -> Iterator[AtCard]:
    """This will give one donor who tries one card after the other."""
    with Visitor(trial.url) as visitor:
        donor = Donor(trial=trial, visitor=visitor)
        yield AtCard(donor=donor, page=donor.to_card())


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_refused_card_is_explained_and_nothing_is_charged(
    code: str, at_card: AtCard, books: Books
) -> None:
    # given
    donor = at_card.donor
    # when
    answer = donor.card(at_card.page, CARDS[code])
    if code == "authentication_required":
        arrived = donor.visitor.open(bank_answer(answer, result="failed"))
    else:
        assert "error" in answer
        arrived = donor.back(at_card.page)
    # then
    assert arrived.path.split("?")[0].endswith("/card/")
    assert arrived.has(SENTENCES[code]), arrived.words
    assert not UNKIND.search(arrived.words)
    assert books.donations(donor.email) == []
    assert books.memberships(donor.email) == ["手続き中"]


def test_after_all_refusals_the_same_page_takes_a_good_card_once(
    at_card: AtCard, books: Books
) -> None:
    # given
    donor = at_card.donor
    # when
    answer = donor.card(at_card.page, GOOD_CARD)
    arrived = donor.back(at_card.page)
    # then
    assert answer["status"] == "succeeded"
    assert arrived.path.endswith("/done/")
    assert books.donated_yen(donor.email) == [3000]


@pytest.fixture(scope="module")
def declined_month(trial: Supervisor, books: Books, desk: Desk) -> Iterator[dict[str, Donor]]:
    """This will give a member for each code, after a month in which his bank said just that."""
    with ExitStack() as stack:
        donors = {}
        for code in SENTENCES:
            donor = Donor(trial=trial, visitor=stack.enter_context(Visitor(trial.url)))
            method = stand_ins.card_of(intent_ref=donor.join(), api_base=trial.stripe_url)
            stand_ins.card_behave(method_ref=method, behaviour=code, api_base=trial.stripe_url)
            donors[code] = donor
        day = books.charge_on(donors["generic_decline"].email, 1)
        assert desk.run("time_travel", "--to", day.isoformat()).code == 0
        yield donors


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_declined_month_is_explained_on_the_page_and_by_mail(
    code: str, declined_month: dict[str, Donor], books: Books
) -> None:
    # given
    donor = declined_month[code]
    # when
    mine = donor.visitor.open("/my/")
    recover = donor.visitor.open("/my/recover/")
    mail = donor.visitor.open("/mailbox/", to=donor.email)
    # then
    assert mine.has("今月のご寄附が、まだ確認できていません")
    assert recover.has(SENTENCES[code]), recover.words
    assert not UNKIND.search(recover.words)
    subject = {"authentication_required": "カード会社の本人確認をお願いします"}.get(
        code, "ご寄附を確認できませんでした"
    )
    assert mail.has(subject)
    assert books.memberships(donor.email) == ["お支払い待ち"]
    assert books.donated_yen(donor.email) == [3000]


@pytest.mark.parametrize("code", ["authentication_required", "expired_card", "stolen_card"])
def test_a_declined_month_is_made_up_for_once_with_another_card(
    code: str, declined_month: dict[str, Donor], books: Books, desk: Desk
) -> None:
    # given
    donor = declined_month[code]
    page = donor.visitor.open("/my/recover/card/")
    # when
    donor.card(page)
    arrived = [donor.back(page), donor.back(page)]
    desk.run("run_cycles")
    # then
    assert [item.path for item in arrived] == ["/my/", "/my/"]
    assert arrived[0].has("継続中")
    assert books.memberships(donor.email) == ["継続中"]
    assert books.donated_yen(donor.email) == [3000, 3000]


def test_a_month_waits_for_the_bank_to_confirm_the_donor(
    declined_month: dict[str, Donor], books: Books, stripe: StandIn
) -> None:
    # given
    donor = declined_month["insufficient_funds"]
    page = donor.visitor.open("/my/recover/card/")
    intent = donor.card(page, BANK_CONFIRMS_CARD)
    # when
    left = donor.back(page)
    arrived = donor.visitor.open(bank_answer(intent, result="passed"))
    # then
    assert left.has("お手続きはまだ終わっていません。")
    assert arrived.path == "/my/"
    assert books.donated_yen(donor.email) == [3000, 3000]
