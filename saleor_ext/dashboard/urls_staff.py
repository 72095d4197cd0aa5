"""The staff's addresses, under /staff/."""

from django.urls import path

from saleor_ext.dashboard.lists.every import LISTS
from saleor_ext.dashboard.views import (
    staff_law,
    staff_lists,
    staff_member,
    staff_messages,
    staff_overview,
    staff_papers,
    staff_prints,
    staff_receipt_settings,
    staff_receipts,
    staff_run,
    staff_settings,
    staff_switch,
    staff_unclear,
    staff_words,
    widgets,
)

app_name = "staff"

urlpatterns = [
    path("", staff_overview.overview, name="overview"),
    *(path(f"{slug}/", staff_lists.staff_list, {"slug": slug}, name=slug) for slug in LISTS),
    *(
        path(f"{slug}.csv", staff_lists.staff_csv, {"slug": slug}, name=f"{slug}_csv")
        for slug in LISTS
    ),
    path("members/<int:donor_id>/", staff_member.member, name="member"),
    path("memberships/<str:public_id>/park/", staff_member.park, name="park"),
    path("memberships/<str:public_id>/unpark/", staff_member.unpark, name="unpark"),
    path("messages/", staff_messages.failed_list, name="messages"),
    path("messages/<int:message_id>/retry/", staff_messages.retry, name="message_retry"),
    path("messages/retry/", staff_messages.retry_all, name="messages_retry"),
    path(
        "messages/shop/<int:delivery_id>/retry/",
        staff_messages.delivery_retry,
        name="delivery_retry",
    ),
    path("unclear/", staff_unclear.unclear_list, name="unclear"),
    path("unclear/resume/", staff_unclear.resume, name="unclear_resume"),
    path("unclear/<int:attempt_id>/", staff_unclear.attempt, name="unclear_attempt"),
    path("unclear/<int:attempt_id>/ask/", staff_unclear.ask, name="unclear_ask"),
    path("unclear/<int:attempt_id>/name/", staff_unclear.name, name="unclear_name"),
    path("unclear/<int:attempt_id>/close/", staff_unclear.close, name="unclear_close"),
    path("words/", staff_words.words, name="words"),
    path("words/review/", staff_words.word_review, name="word_review"),
    path("papers/", staff_papers.paper, name="papers"),
    path("papers/paper.csv", staff_papers.paper_csv, name="papers_csv"),
    path("papers/paper.pdf", staff_papers.paper_pdf, name="papers_pdf"),
    path("receipts/<int:receipt_id>/", staff_receipts.receipt, name="receipt"),
    path("receipts/<int:receipt_id>/paper.pdf", staff_receipts.paper, name="receipt_pdf"),
    path("receipts/<int:receipt_id>/reissue/", staff_receipts.reissue, name="receipt_reissue"),
    path("receipts/<int:receipt_id>/correct/", staff_receipts.correct, name="receipt_correct"),
    path("receipts/prints/", staff_prints.prints, name="receipt_prints"),
    path("receipts/prints/start/", staff_prints.start, name="receipt_print_start"),
    path("receipts/prints/<int:job_id>/file/", staff_prints.file, name="receipt_print_file"),
    path("receipts/prints/<int:job_id>/retry/", staff_prints.retry, name="receipt_print_retry"),
    path("receipts/settings/", staff_receipt_settings.settings, name="receipt_settings"),
    path("receipts/settings/seal/", staff_receipt_settings.seal, name="receipt_seal"),
    path(
        "receipts/settings/certificate/",
        staff_receipt_settings.certificate,
        name="receipt_certificate",
    ),
    path("receipts/settings/sample.pdf", staff_receipt_settings.sample, name="receipt_sample"),
    path("law/", staff_law.law, name="law"),
    path("law/betten1.csv", staff_law.betten1, name="law_betten1"),
    path("law/betten2.csv", staff_law.betten2, name="law_betten2"),
    path("settings/", staff_settings.settings, name="settings"),
    path("run/", staff_run.run, name="run"),
    path("widgets/order/", widgets.order, name="widget_order"),
    path("widgets/customer/", widgets.customer, name="widget_customer"),
    path("widgets/product/", widgets.product, name="widget_product"),
    path("widgets/home/", widgets.home, name="widget_home"),
    path("run/start/", staff_run.run_start, name="run_start"),
    path("run/charging-stop/", staff_switch.charging_stop, name="charging_stop"),
    path("run/charging-start/", staff_switch.charging_start, name="charging_start"),
]
