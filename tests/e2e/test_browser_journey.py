"""The whole main job in Chromium, on a telephone and on a desk, each page looked at closely."""

import re
import secrets
from datetime import date

import pytest
from playwright.sync_api import Browser

from fixtures.stripe.testing import wait_for
from fixtures.town import reader, records
from fixtures.trial import parcels
from fixtures.trial.supervisor import Supervisor
from fixtures.trial.tour import joining
from tests.e2e import browsing
from tests.e2e.books import Books
from tests.e2e.browsing import Person
from tests.e2e.desk import Desk
from tests.e2e.donors import BANK_CONFIRMS_CARD, GOOD_CARD, HANAKO, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POOR_CARD = "4000000000009995"
TYPED = {
    name: value
    for name, value in HANAKO.items()
    if not name.endswith("prefecture") and name != "registered"
}


@pytest.fixture
def town() -> records.Town:
    """This will give the demo town's own data."""
    return reader.town_load()


def test_the_main_job(
    chromium: Browser,
    trial: Supervisor,
    books: Books,
    desk: Desk,
    town: records.Town,
    width: int,
) -> None:
    email = f"hanako-{secrets.token_hex(4)}@example.jp"

    def window(name: str, size: int = width) -> Person:
        return browsing.person_open(chromium, name=name, url=trial.url, width=size)

    donor, officer, producer = window("donor"), window("officer"), window("producer", 390)

    joins(donor, email=email)
    pays_with_the_banks_confirmation(donor)
    reads_what_was_closed(donor)
    signs_in_as_officer(officer, town=town)
    finds_the_member(officer, email=email)
    moves_the_clock(officer, to=date.fromisoformat(books.months(email)[0]["発送開始日"]))
    wait_for(lambda: books.parcels(email), timeout_s=60)
    sends_the_parcel(producer, parcel=books.parcels(email)[0], town=town)
    sees_the_parcel(donor)
    wait_for(lambda: _clock_is_free(desk, books, email), timeout_s=60)
    makes_up_for_the_declined_month(donor)
    assert books.donated_yen(email) == [3000, 3000]
    desk.run("time_travel", "--to", books.charge_on(email, 2).isoformat())
    assert books.donated_yen(email) == [3000, 3000, 3000]
    reads_the_lists(officer, email=email)
    problems = [
        f"{person.name} {item}" for person in (donor, officer, producer) for item in person.findings
    ]
    assert problems == [], "\n" + "\n".join(problems)


def _clock_is_free(desk: Desk, books: Books, email: str) -> bool:
    """The page's own travel may still be on its way."""
    return desk.run("time_travel", "--to", books.charge_on(email, 1).isoformat()).code == 0


def joins(donor: Person, *, email: str) -> None:
    """From the first page to the card."""
    donor.go("/")
    donor.look("home")
    donor.go("/posts/")
    donor.look("posts")
    donor.page.locator(".card", has_text="なぎさ会員").get_by_role("link").first.click()
    donor.sees("ここから先は")
    donor.look("post-closed")
    donor.go("/tiers/")
    donor.look("tiers")
    donor.follow("なぎさ会員")
    donor.look("tier")
    donor.page.locator("main a[href='/join/nagisa/']").first.click()
    donor.look("account")
    donor.page.get_by_label("メールアドレス").fill(email)
    donor.page.get_by_label("パスワード").fill(PASSWORD)
    donor.press("アカウントをつくって進む")
    donor.sees("お名前とご住所")
    donor.look("details")
    donor.press("内容の確認へ進む")
    donor.look("details-errors")
    for name, value in TYPED.items():
        if not name.startswith("registered"):
            donor.page.fill(f"[name={name}]", value)
    donor.page.select_option("[name=prefecture]", joining.DETAILS["prefecture"])
    donor.page.get_by_text("お届け先とちがう", exact=True).click()
    for name, value in TYPED.items():
        if name.startswith("registered"):
            donor.page.fill(f"[name={name}]", value)
    donor.page.select_option(
        "[name=registered_prefecture]", joining.DETAILS["registered_prefecture"]
    )
    donor.look("details-filled")
    donor.press("内容の確認へ進む")
    donor.sees("ご寄附の前にお読みください")
    donor.look("confirm")
    donor.page.get_by_text("お礼の品を受け取る", exact=True).click()
    donor.page.locator("[name=consent]").check()
    donor.press("カードの入力へ進む")


def pays_with_the_banks_confirmation(donor: Person) -> None:
    """A poor card, then one whose bank asks the donor himself."""
    donor.sees("カードのご入力")
    donor.look("card")
    browsing.card_type(donor, POOR_CARD)
    donor.press("3,000円を寄附する")
    donor.sees("カードの利用可能額が足りないようです。")
    donor.look("card-declined")
    browsing.card_type(donor, BANK_CONFIRMS_CARD)
    donor.press("3,000円を寄附する")
    donor.press("認証する")
    donor.sees("ご寄附をお受けしました")
    donor.look("done")
    donor.follow("マイページへ")
    donor.sees("継続中")
    donor.look("my-page")


def reads_what_was_closed(donor: Person) -> None:
    """A post for members, to its end."""
    donor.go("/posts/")
    donor.page.locator(".card", has_text="なぎさ会員").get_by_role("link").first.click()
    donor.page.locator(".prose").first.wait_for()
    assert donor.page.get_by_text("ここから先は").count() == 0
    donor.look("post-open")


def signs_in_as_officer(officer: Person, *, town: records.Town) -> None:
    """A wrong password first."""
    officer.go("/staff/")
    officer.page.get_by_label("メールアドレス").fill(town.staff[0].email)
    officer.page.get_by_label("パスワード").fill("chigau-kotoba")
    officer.press("サインイン")
    officer.sees("メールアドレスかパスワードが違うようです。")
    officer.look("signin-refused")
    wait_for(lambda: _is_let_in(officer, town.demo_password), timeout_s=60)
    officer.look("overview")


def _is_let_in(officer: Person, password: str) -> bool:
    """After a wrong password the shop wants a short pause, and the page says so."""
    officer.page.get_by_label("パスワード").fill(password)
    with officer.page.expect_navigation():
        officer.press("サインイン")
    return officer.page.get_by_role("heading", name="いまのようす").count() == 1


def finds_the_member(officer: Person, *, email: str) -> None:
    """By mail address, then one page about him."""
    officer.go("/staff/members/")
    officer.page.locator("#q").fill(email)
    officer.press("さがす")
    officer.sees("1件")
    officer.look("members")
    officer.page.locator("main table a").first.click()
    officer.sees("山田 花子 様")
    officer.look("member")


def moves_the_clock(officer: Person, *, to: date) -> None:
    """With the form that only the trial has."""
    officer.go("/staff/run/")
    officer.look("run")
    officer.page.locator("#travel-to").fill(to.isoformat())
    officer.press("この日まで進める")
    officer.sees("時計を")
    officer.look("run-travelling")


def sends_the_parcel(producer: Person, *, parcel: dict[str, str], town: records.Town) -> None:
    """Ready, a slip of the finger, the right number."""
    key = parcel["荷物番号"]
    maker = next(item for item in town.producers if item.name == parcel["生産者"])
    producer.go("/producer/")
    producer.page.get_by_label("メールアドレス").fill(maker.email)
    producer.page.get_by_label("パスワード").fill(town.demo_password)
    producer.press("サインイン")
    producer.sees("今日やること")
    producer.look("list")
    card = producer.page.locator(f"#parcel-{key}")
    card.get_by_role("button", name="準備できました").click()
    producer.page.locator(f"#parcel-{key}").get_by_text("準備できました").first.wait_for()
    producer.look("list-ready")
    number = parcels.tracking_number(1_000_000 + secrets.randbelow(900_000_000))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 7)
    producer.page.locator(f"#tracking-{key}").fill(wrong)
    producer.page.locator(f"#parcel-{key}").get_by_role("button", name="発送しました").click()
    producer.sees("番号のどこかがちがっているようです。")
    producer.look("number-wrong")
    producer.page.locator(f"#tracking-{key}").fill(number)
    producer.press("発送しました")
    producer.sees("発送済みにしました。")
    producer.look("list-sent")
    producer.go("/producer/print/")
    producer.look("print")


def sees_the_parcel(donor: Person) -> None:
    """The number, a link to the carrier, and a mail."""
    donor.go("/my/shipments/")
    donor.sees("発送しました")
    link = donor.page.get_by_role("link", name=re.compile("荷物の場所を見る")).first
    number = donor.page.locator(".parcel .number").first.inner_text()
    assert number in (link.get_attribute("href") or "")
    donor.look("shipments")
    donor.go("/mailbox/")
    donor.look("mailbox")


def makes_up_for_the_declined_month(donor: Person) -> None:
    """The bank wants to ask the donor each time: the month waits until he comes."""
    donor.go("/my/")
    donor.sees("今月のご寄附が、まだ確認できていません")
    donor.look("my-page-past-due")
    donor.follow("理由を見て、手続きする")
    donor.sees("カード会社による本人確認が終わりませんでした。")
    donor.look("recover")
    donor.follow("カードの入力へ進む")
    donor.look("recover-card")
    browsing.card_type(donor, POOR_CARD)
    donor.press("3,000円を寄附する")
    donor.sees("カードの利用可能額が足りないようです。")
    donor.look("recover-declined")
    browsing.card_type(donor, GOOD_CARD)
    donor.press("3,000円を寄附する")
    donor.sees("ご寄附をお受けしました。")
    donor.sees("継続中")
    donor.look("my-page-recovered")
    donor.go("/my/donations/")
    donor.look("donations")


def reads_the_lists(officer: Person, *, email: str) -> None:
    """Each of the staff's lists, and the failed payments with their reasons."""
    for name in ("cycles", "donations", "shipments"):
        officer.go(f"/staff/{name}/?q={email}")
        officer.look(name)
    officer.go(f"/staff/charges/?q={email}&state=all")
    officer.sees("手続きが途中で終わった")
    officer.look("charges")
