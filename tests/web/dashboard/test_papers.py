"""The papers of the ledger on the staff pages."""

import pytest

from tests.builders import world


def test_a_paper_is_shown_with_its_totals_and_can_be_kept(staff_client, hanako):
    page = staff_client.get("/staff/papers/?paper=tiers&period=2026-11").content.decode()

    assert "プラン別の集計 2026年11月" in page
    assert "3,000円" in page
    assert "papers/paper.csv?paper=tiers&amp;period=2026-11" in page


def test_the_csv_and_the_pdf_are_files(staff_client, hanako):
    # when
    csv = staff_client.get("/staff/papers/paper.csv?paper=ledger&period=2026-11")
    pdf = staff_client.get("/staff/papers/paper.pdf?paper=ledger&period=2026-11")

    # then
    text = b"".join(csv.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("受領証番号,寄附日,お名前,ご住所,寄附額")
    assert len(text.splitlines()) == 2
    assert csv["Content-Disposition"] == 'attachment; filename="ledger-2026-11.csv"'
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_who_may_not_see_people_gets_the_ledger_without_them(viewer_client, hanako):
    address = "/staff/papers/{}?paper=ledger&period=2026-11"

    page = viewer_client.get(address.format("")).content.decode()
    csv = viewer_client.get(address.format("paper.csv"))

    assert "2026-000001" in page
    assert "お名前とご住所は表示していません。" in page
    for text in (page, b"".join(csv.streaming_content).decode()):
        assert "山田" not in text
        assert "千代田区" not in text


@pytest.mark.parametrize("query", ["paper=secrets", "period=2026-13", "paper=ledger&period=x"])
@pytest.mark.parametrize("path", ["", "paper.csv", "paper.pdf"])
def test_what_is_no_paper_or_no_period_is_refused_in_words(staff_client, hanako, path, query):
    answer = staff_client.get(f"/staff/papers/{path}?{query}")

    assert answer.status_code == 400
    assert "その書類か期間はありません。" in answer.content.decode()


def test_before_the_first_donation_the_page_says_so(staff_client):
    world.world_make()

    assert "この期間の寄附はありません。" in staff_client.get("/staff/papers/").content.decode()
