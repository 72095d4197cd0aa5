"""Receipts for staff: look, issue again, correct, print by the thousand, settings."""

import base64
import io
import logging
import re
import zipfile
from datetime import date

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_ext.flows.receipts import bulk
from saleor_ext.receipts import models, selectors
from tests.builders import dashboard, receipts, world

SETTINGS = {
    "grouping": "donation",
    "number_format": "{year}-{number}",
    "number_digits": "6",
    "issuer_name": "",
    "proviso": "ふるさと納税の寄附金として",
    "window_left_mm": "22",
    "window_top_mm": "22",
}


def text_of(response):
    shown = re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


@pytest.fixture
def receipt(db):
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [made] = receipts.settle(donor)
    return made


@pytest.fixture
def donations_client(db):
    """A colleague who answers for donations and may see people, and nothing else."""
    return dashboard.staff_browser(permissions=["HANDLE_PAYMENTS", "MANAGE_USERS"])


def test_a_receipt_is_shown_with_everything_that_happened_to_it(donations_client, receipt):
    response = donations_client.get(f"/staff/receipts/{receipt.pk}/")

    shown = text_of(response)
    assert "受領証 2026-000001" in shown
    assert "山田 花子" in shown
    assert "3,000円" in shown
    assert "発行 自動処理" in shown


def test_looking_at_the_paper_is_written_down_and_hands_nothing_out(
    donations_client, receipt, caplog
):
    with caplog.at_level(logging.INFO, logger="furusato.access"):
        response = donations_client.get(f"/staff/receipts/{receipt.pk}/paper.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    looked = receipt.events.get(kind="looked")
    assert looked.actor == "staff:user-sato"
    assert receipts.receipt_get(receipt).handed_as == "not_yet"
    assert f"look what=receipt_pdf actor=staff:user-sato objects={receipt.pk}" in caplog.text


@pytest.mark.parametrize(
    "permissions", [["HANDLE_PAYMENTS"], ["MANAGE_USERS"], ["MANAGE_ORDERS", "MANAGE_USERS"], []]
)
def test_only_staff_with_the_donations_right_who_may_see_people_get_a_receipt(
    db, receipt, permissions
):
    client = dashboard.staff_browser(permissions=permissions)

    for path in (f"/staff/receipts/{receipt.pk}/", f"/staff/receipts/{receipt.pk}/paper.pdf"):
        response = client.get(path)

        assert response.status_code == 403, path
        assert "山田" not in response.content.decode()
    assert [event.kind for event in receipt.events.all()] == ["issued"]


def test_it_is_issued_again_with_a_reason(donations_client, receipt):
    address = f"/staff/receipts/{receipt.pk}/reissue/"

    refused = donations_client.post(address, {"reissue-reason": " "})
    assert refused.status_code == 422
    assert "理由を入れてください" in text_of(refused)
    donations_client.post(address, {"reissue-reason": "紙をなくされた"})

    again = receipts.receipt_get(receipt)
    assert (again.number, again.reissue_count) == ("2026-000001", 1)
    assert receipt.events.get(kind="reissued").reason == "紙をなくされた"


def test_a_wrong_name_is_corrected_on_another_receipt(donations_client, receipt):
    sent = {
        "correct-donor_name": "山田 華子",
        "correct-donor_address": "東京都千代田区架空町1-2-3",
        "correct-reason": "字の誤り",
    }

    response = donations_client.post(f"/staff/receipts/{receipt.pk}/correct/", sent)

    replacement = models.Receipt.objects.get(replaces=receipt)
    assert response["Location"] == f"/staff/receipts/{replacement.pk}/"
    assert replacement.donor_name == "山田　華子"
    assert receipts.receipt_get(receipt).state == "withdrawn"
    shown = text_of(donations_client.get(f"/staff/receipts/{receipt.pk}/"))
    assert "宛名を訂正したため" in shown
    assert "再発行する" not in shown


def test_a_name_that_cannot_be_printed_is_refused_and_nothing_changes(donations_client, receipt):
    sent = {
        "correct-donor_name": "山𨺓 花子",
        "correct-donor_address": "東京都",
        "correct-reason": "字の誤り",
    }

    response = donations_client.post(f"/staff/receipts/{receipt.pk}/correct/", sent)

    assert response.status_code == 422
    assert "証明書に印刷できない文字" in text_of(response)
    assert receipts.receipt_get(receipt).state == "issued"


def test_the_list_finds_a_receipt_by_its_number_and_hides_names_from_those_who_may_not(
    donations_client, viewer_client, receipt
):
    assert "山田 花子" in text_of(donations_client.get("/staff/receipts/?q=2026-000001"))
    shown = text_of(viewer_client.get("/staff/receipts/?q=2026-000001"))
    assert "2026-000001" in shown
    assert "山田" not in shown


# Printing


def printed(job):
    return b"".join(selectors.print_file(job_id=job.pk))


def test_receipts_are_printed_by_a_worker_and_the_page_shows_how_far_it_is(
    donations_client, receipt
):
    donations_client.post("/staff/receipts/prints/start/", {"year": "2026", "kind": "paper"})

    job = models.PrintJob.objects.get()
    assert (job.state, job.total, job.actor) == ("queued", 1, "staff:user-sato")
    assert "0 / 1枚" in text_of(donations_client.get("/staff/receipts/prints/?year=2026"))
    bulk.print_work(job_id=job.pk, clock=lambda: world.NOW)

    shown = text_of(donations_client.get("/staff/receipts/prints/?year=2026"))
    assert "1 / 1枚 できました 取り出す" in shown
    response = donations_client.get(f"/staff/receipts/prints/{job.pk}/file/")
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(b"".join(response.streaming_content))) as pdf:
        assert len(pdf.pages) == 1


def test_a_second_job_and_an_empty_one_are_refused(donations_client, receipt):
    address = "/staff/receipts/prints/start/"

    donations_client.post(address, {"year": "2025", "kind": "paper"})
    assert models.PrintJob.objects.count() == 0
    donations_client.post(address, {"year": "2026", "kind": "paper"})
    donations_client.post(address, {"year": "2026", "kind": "paper"})

    assert models.PrintJob.objects.count() == 1
    assert "いま、ほかのファイルを作っています" in text_of(
        donations_client.get("/staff/receipts/prints/")
    )


def test_csv_for_the_tax_office_is_packed_by_the_worker(donations_client, receipt):
    donations_client.post("/staff/receipts/prints/start/", {"year": "2026", "kind": "csv"})
    job = models.PrintJob.objects.get()
    bulk.print_work(job_id=job.pk, clock=lambda: world.NOW)

    packed = zipfile.ZipFile(io.BytesIO(printed(job)))
    assert packed.namelist() == ["TEG822-2026-1.csv"]
    [row] = packed.read("TEG822-2026-1.csv").decode("cp932").splitlines()
    assert row.split(",")[2:4] == ["2026000001", "山田　花子"]
    assert receipts.receipt_get(receipt).handed_as == "not_yet"


@pytest.mark.parametrize("sent", [{"year": "2026", "kind": "gold"}, {"year": "x", "kind": "csv"}])
def test_what_is_no_job_is_not_found(donations_client, receipt, sent):
    assert donations_client.post("/staff/receipts/prints/start/", sent).status_code == 404


# Settings


def test_settings_are_kept_and_what_was_confirmed_keeps_its_day(staff_client):
    sent = SETTINGS | {"grouping": "year", "confirmed_proviso": "on"}

    response = staff_client.post("/staff/receipts/settings/", sent)

    assert response.status_code == 303
    row = models.ReceiptSettings.objects.get()
    assert (row.grouping, row.confirmed) == ("year", {"proviso": "2026-11-24"})
    shown = text_of(staff_client.get("/staff/receipts/settings/"))
    assert (
        "自治体で要確認 まだ町で確かめていないもの: 団体名の書き方、発行の単位、封筒の窓の位置"
        in shown
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number_format": "{number}"}, "{year} と {number} を1つずつ入れ"),
        ({"number_digits": "0"}, "1以上"),
        ({"proviso": ""}, "入力してください"),
        ({"is_designated_operator": "on"}, "証明書の発行者名: 入力してください"),
        ({"town_corporate_number": "1234567890123"}, "検査数字が合いません"),
        ({"window_left_mm": "500"}, "120以下"),
    ],
)
def test_settings_that_cannot_be_are_told_and_nothing_is_kept(staff_client, changes, words):
    response = staff_client.post("/staff/receipts/settings/", SETTINGS | changes)

    assert response.status_code == 422
    assert words in text_of(response)
    assert models.ReceiptSettings.objects.count() == 0


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_the_seal_is_replaced_by_a_picture_and_by_nothing_else(staff_client):
    address = "/staff/receipts/settings/seal/"

    assert staff_client.post(address, {"picture": upload("a.png", b"GIF89a")}).status_code == 422
    staff_client.post(address, {"picture": upload("a.png", receipts.seal_png())})
    staff_client.post(address, {"picture": upload("b.png", receipts.seal_png(200))})

    assert models.SealImage.objects.filter(is_current=True).count() == 1
    shown = staff_client.get("/staff/receipts/settings/").content.decode()
    assert base64.b64encode(receipts.seal_png(200)).decode() in shown


def p12(passphrase=b"hamabe"):
    signer = receipts.signer_make()
    return pkcs12.serialize_key_and_certificates(
        b"town",
        signer.key,
        signer.certificate,
        None,
        serialization.BestAvailableEncryption(passphrase),
    )


def test_a_certificate_is_kept_with_its_key_sealed(staff_client):
    address = "/staff/receipts/settings/certificate/"

    staff_client.post(address, {"file": upload("t.p12", p12()), "passphrase": "hamabe"})

    row = models.SigningCertificate.objects.get()
    assert "PRIVATE KEY" not in row.sealed_key
    assert not row.is_test
    signer = selectors.signer_of(municipality_id=row.municipality_id, now=world.NOW)
    assert signer.fingerprint == row.fingerprint
    assert "汐見町長(試験)" in text_of(staff_client.get("/staff/receipts/settings/"))


@pytest.mark.parametrize(
    ("content", "passphrase", "words"),
    [
        (b"nothing", "", "PKCS#12のファイル(.p12、.pfx)ではない"),
        (None, "wrong", "パスフレーズがちがいます"),
    ],
)
def test_what_is_no_certificate_is_told(staff_client, content, passphrase, words):
    sent = {"file": upload("t.p12", content or p12()), "passphrase": passphrase}

    response = staff_client.post("/staff/receipts/settings/certificate/", sent)

    assert response.status_code == 422
    assert words in text_of(response)
    assert models.SigningCertificate.objects.count() == 0


def test_an_old_certificate_is_not_taken_and_its_words_name_no_key(staff_client, clock_at):
    clock_at(world.NOW.replace(year=2030))

    response = staff_client.post(
        "/staff/receipts/settings/certificate/",
        {"file": upload("t.p12", p12()), "passphrase": "hamabe"},
    )

    assert "有効期間の外" in text_of(response)


def test_a_sample_shows_todays_settings_and_writes_nothing(staff_client):
    response = staff_client.get("/staff/receipts/settings/sample.pdf")

    assert response["Content-Type"] == "application/pdf"
    assert models.Receipt.objects.count() == 0
