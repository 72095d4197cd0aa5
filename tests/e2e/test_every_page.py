"""Every page there is, opened once and looked at in each width.

Axe finds nothing, nothing sticks out, no script fails.

A new page that is not in the lists below fails the last test here.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser

from fixtures.stripe.testing import StandIn
from fixtures.town import reader
from fixtures.trial import stand_ins
from fixtures.trial.supervisor import Supervisor
from fixtures.trial.tour.visitor import Visitor
from saleor_ext.onestop import facts
from tests.e2e import browsing
from tests.e2e.books import Books
from tests.e2e.desk import Desk
from tests.e2e.donors import Donor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APPLICATION = re.compile(r"/staff/onestop/[0-9a-f]{16}/\Z")
OPEN = {
    "storefront:home": "/",
    "storefront:tiers": "/tiers/",
    "storefront:tier": "/tiers/minato-6/",
    "storefront:town": "/town/",
    "storefront:producers": "/producers/",
    "storefront:producer": "/producers/okinose-suisan/",
    "storefront:gift": "/gifts/mikan/",
    "storefront:posts": "/posts/",
    "storefront:documents": "/documents/",
    "storefront:document": "/documents/daidokoro-cho/",
    "storefront:events": "/events/",
    "storefront:event": "/events/minato-kengaku/",
    "storefront:signin": "/signin/",
    "storefront:account_sent": "/account/sent/",
    "storefront:account_confirm": "/account/confirm/old/",
    "storefront:password": "/password/",
    "storefront:password_sent": "/password/sent/",
    "storefront:password_new": "/password/new/old/",
    "storefront:received_offer": "/received/old/",
    "storefront:pay": "/pay/old/",
    "storefront:swap": "/swap/old/",
    "storefront:join": "/join/shiokaze/",
    "storefront:limit": "/limit/",
    "storefront:about": "/about/",
    "storefront:receipt_verify": "/receipts/verify/",
    "storefront:missed": "/missed/old/",
    "storefront:help": "/help/",
    "storefront:terms": "/terms/",
    "storefront:privacy": "/privacy/",
    "trial:mailbox": "/mailbox/",
    "not found": "/kono-peeji-wa-arimasen/",
}
MEMBER = {
    "storefront:post": "/posts/{post}/",
    "storefront:event": "/events/hatake-no-hanashikai/",
    "storefront:document": "/documents/daidokoro-cho/",
    "storefront:join_done": "/join/{public_id}/done/",
    "storefront:my": "/my/",
    "storefront:my_details": "/my/details/",
    "storefront:my_donations": "/my/donations/",
    "storefront:my_shipments": "/my/shipments/",
    "storefront:my_receipts": "/my/receipts/",
    "storefront:my_onestop": "/my/onestop/",
    "storefront:my_onestop_wish": "/my/onestop/{year}/wish/",
    "storefront:my_onestop_back": "/my/onestop/{year}/back/",
    "storefront:my_onestop_change": "/my/onestop/{year}/change/",
    "storefront:my_limit": "/my/limit/",
    "storefront:my_card": "/my/card/",
    "storefront:my_swap_wish": "/my/swap-wish/",
    "storefront:my_give": "/my/give/",
    "storefront:my_give_back": "/my/give/back/",
    "storefront:my_month_address": "/my/month-address/",
    "storefront:my_month_return": "/my/month-address/return/",
    "storefront:my_received": "/my/received/",
    "storefront:my_received_leave": "/my/received/leave/",
    "storefront:my_received_address": "/my/received/address/",
    "storefront:my_received_return": "/my/received/address/return/",
    "storefront:my_card_enter": "/my/card/enter/",
    "storefront:my_use": "/my/use/",
    "storefront:my_membership": "/my/membership/",
    "storefront:my_year_turn": "/my/membership/year/",
    "storefront:my_term": "/my/membership/term/",
    "storefront:my_after_term": "/my/membership/after/",
    "storefront:my_swap": "/my/membership/box/",
    "storefront:my_skip": "/my/membership/skip/",
    "storefront:my_skip_undo": "/my/membership/skip/undo/",
    "storefront:my_pause": "/my/membership/pause/",
    "what a pause would do": "/my/membership/pause/?resume_on=2027-02-10",
    "storefront:my_resume": "/my/membership/resume/",
    "storefront:my_anchor": "/my/membership/day/",
    "storefront:my_tier": "/my/membership/tier/",
    "storefront:my_cancel": "/my/membership/end/",
    "storefront:my_cancel_undo": "/my/membership/end/undo/",
    "storefront:recover": "/my/recover/",
    "storefront:recover_card": "/my/recover/card/",
    "already a member": "/join/minato/confirm/",
    "trial:mail": "/mailbox/1/",
}
JOINING = {
    "storefront:join_details": "/join/nagisa/details/",
    "storefront:join_confirm": "/join/nagisa/confirm/",
    "free": "/join/dayori/confirm/",
    "storefront:join_card": "/join/{draft_id}/card/",
    "my page before joining": "/my/",
    "nothing owed": "/my/recover/",
}
WAITING = {
    "storefront:join_return": "/join/{draft_id}/return/",
    "barred": "/join/{draft_id}/card/",
}
PRODUCER = {
    "producer:list": "/producer/",
    "everything": "/producer/?show=all",
    "producer:parcel": "/producer/parcels/{parcel}/",
    "producer:print": "/producer/print/",
    "producer:alternates": "/producer/alternates/",
    "not his": "/producer/parcels/S0000000000000/",
}
STAFF = {
    "staff:overview": "/staff/",
    "staff:members": "/staff/members/",
    "staff:cycles": "/staff/cycles/",
    "staff:donations": "/staff/donations/",
    "staff:shipments": "/staff/shipments/",
    "staff:charges": "/staff/charges/",
    "staff:money": "/staff/money/",
    "staff:gaps": "/staff/gaps/",
    "staff:balance": "/staff/balance/",
    "staff:payouts": "/staff/payouts/",
    "staff:disputes": "/staff/disputes/",
    "staff:holders": "/staff/holders/",
    "staff:unclear": "/staff/unclear/",
    "staff:unclear_attempt": "/staff/unclear/1/",
    "staff:messages": "/staff/messages/",
    "staff:run": "/staff/run/",
    "staff:run_progress": "/staff/run/progress/",
    "staff:rehearsal": "/staff/rehearsal/",
    "staff:member_rehearsal": "/staff/memberships/{public_id}/rehearsal/",
    "staff:law": "/staff/law/",
    "staff:gift_law": "/staff/law/gifts/",
    "staff:gift_law_edit": "/staff/law/gifts/1/",
    "staff:tier_benefits": "/staff/law/tiers/1/",
    "staff:receipts": "/staff/receipts/",
    "staff:receipt": "{receipt}",
    "staff:receipt_prints": "/staff/receipts/prints/",
    "staff:receipt_settings": "/staff/receipts/settings/",
    "staff:onestop": "/staff/onestop/",
    "staff:onestop_reception": "/staff/onestop/reception/",
    "staff:onestop_application": "{onestop}",
    "staff:onestop_settings": "/staff/onestop/settings/",
    "staff:onestop_online": "/staff/onestop/online/",
    "staff:onestop_notices": "/staff/onestop/notices/",
    "staff:costs": "/staff/costs/",
    "staff:papers": "/staff/papers/?paper=tiers",
    "staff:content": "/staff/content/",
    "staff:content_opening": "/staff/content/document/daidokoro-cho/",
    "staff:words": "/staff/words/",
    "staff:alternates": "/staff/alternates/",
    "staff:settings": "/staff/settings/",
    "staff:member": "{member}",
    "staff:widget_home": "/staff/widgets/home/",
    "staff:widget_customer": "/staff/widgets/customer/?customerId=nothing",
    "staff:widget_order": "/staff/widgets/order/?orderId=nothing",
    "staff:widget_product": "/staff/widgets/product/?productId=nothing",
    "frame:page": "/frame/members/",
    "wrong filter": "/staff/members/?state=kesseki",
}
# Files, and addresses that only take a form or lead elsewhere.
NO_PAGE = {
    *("storefront:my_receipt", "storefront:my_receipt_reissue", "storefront:my_receipts_year"),
    "storefront:my_receipts_spelling",
    *("storefront:event_enter", "storefront:event_leave", "storefront:signout"),
    *("storefront:join_account", "storefront:recover_return", "trial:time_travel"),
    *("storefront:pay_card", "storefront:pay_return"),
    *("producer:alternates_propose", "producer:alternates_withdraw"),
    *("staff:alternates_propose", "staff:alternates_withdraw"),
    *("storefront:my_card_return", "storefront:my_card_holder", "storefront:received_account"),
    *("producer:csv", "producer:parcel_ready", "producer:parcel_unready", "producer:parcel_ship"),
    "producer:parcel_number",
    *(f"staff:{name}_csv" for name in ("members", "cycles", "donations", "shipments", "charges")),
    *(
        "staff:park",
        "staff:unpark",
        "staff:term_part",
        "staff:holder_clear",
        "staff:message_retry",
        "staff:run_start",
        "staff:run_count",
    ),
    *("staff:costs_csv", "staff:cost_entry", "staff:cost_rate", "staff:gift_cost"),
    "staff:cost_seen",
    *("staff:messages_retry", "staff:papers_csv", "staff:papers_pdf"),
    *("staff:charging_stop", "staff:charging_start", "staff:catch_up"),
    *("staff:unclear_ask", "staff:unclear_name", "staff:unclear_close", "staff:unclear_resume"),
    *(f"staff:{name}_csv" for name in ("money", "gaps", "balance", "payouts", "disputes")),
    *("staff:rehearsal_start", "staff:rehearsal_csv", "staff:member_rehearsal_csv"),
    *("storefront:limit_keep", "storefront:my_limit_remove", "storefront:my_resident_wish"),
    *("staff:receipt_pdf", "staff:receipt_reissue", "staff:receipt_correct"),
    *("staff:receipt_print_start", "staff:receipt_print_file", "staff:receipt_print_retry"),
    *("staff:receipt_seal", "staff:receipt_certificate"),
    *("staff:receipt_sample", "staff:receipts_csv"),
    *("storefront:my_onestop_forms", "storefront:my_onestop_form"),
    "storefront:my_onestop_change_form",
    *("staff:onestop_csv", "staff:onestop_receive", "staff:onestop_accept", "staff:onestop_note"),
    *("staff:onestop_incomplete", "staff:onestop_review", "staff:onestop_void"),
    *("staff:onestop_change", "staff:onestop_change_received"),
    *("staff:onestop_notices_make", "staff:onestop_notice_home", "staff:onestop_notice_export"),
    *("staff:onestop_notice_file", "staff:onestop_notice_sent", "staff:onestop_notice_return"),
    *("staff:onestop_notice_done", "staff:onestop_online_read", "staff:onestop_online_apply"),
    "staff:onestop_online_drop",
    # Pages that show something only in January or after a file came in; tests/web looks at them.
    *("staff:onestop_notice", "staff:onestop_municipality", "staff:onestop_import"),
    *("staff:delivery_retry", "staff:word_review", "staff:law_betten1", "staff:law_betten2"),
}


@dataclass(kw_only=True)
class Places:
    """Who is signed in where, and what stands for the gaps in the addresses above."""

    url: str
    reader: Visitor
    member: Visitor
    joining: Visitor
    producer: Visitor
    officer: Visitor
    gaps: dict[str, str]


@pytest.fixture(scope="module")
def places(trial: Supervisor, officer: Visitor, books: Books, desk: Desk) -> Iterator[Places]:
    """This will give a member with a parcel whose card was declined, and somebody on his way."""
    town = reader.town_load()
    with ExitStack() as stack:
        windows = [stack.enter_context(Visitor(trial.url)) for _ in range(4)]
        anybody, his, hers, packing = windows
        hanako = Donor(trial=trial, visitor=his)
        method = stand_ins.card_of(intent_ref=hanako.join(), api_base=trial.stripe_url)
        stand_ins.card_behave(
            method_ref=method, behaviour="expired_card", api_base=trial.stripe_url
        )
        desk.run("time_travel", "--to", books.charge_on(hanako.email, 1).isoformat())
        parcel = books.parcels(hanako.email)[0]
        maker = next(item for item in town.producers if item.name == parcel["生産者"])
        packing.sign_in(email=maker.email, password=town.demo_password)
        card = Donor(trial=trial, visitor=hers).to_card()
        post = next(item for item in town.posts if item.min_rank == 1)
        his.open("/my/receipts/")
        year = _onestop_wish(his)
        yield Places(
            url=trial.url,
            reader=anybody,
            member=his,
            joining=hers,
            producer=packing,
            officer=officer,
            gaps={
                "post": post.slug,
                "public_id": officer.rows("/staff/members.csv", q=hanako.email)[0]["会員番号"],
                "draft_id": card.path.split("/")[2],
                "parcel": parcel["荷物番号"],
                "member": _numbered_address(officer, "/staff/members/", q=hanako.email),
                "receipt": _numbered_address(officer, "/staff/receipts/", q=hanako.email),
                "year": year,
                "onestop": _application_address(officer, q=hanako.email),
            },
        )


def _onestop_wish(visitor: Visitor) -> str:
    """The year for which he wished for the one-stop exception."""
    page = visitor.open("/my/onestop/")
    address = next(link.address for link in page.links if link.address.endswith("/wish/"))
    form = visitor.open(address)
    visitor.send(form, "/wish/", **dict.fromkeys(facts.ANSWERS, "yes"))
    return address.rstrip("/").split("/")[-2]


def _application_address(officer: Visitor, q: str) -> str:
    page = officer.open("/staff/onestop/", q=q)
    return next(link.address for link in page.links if APPLICATION.search(link.address) is not None)


def _numbered_address(officer: Visitor, path: str, q: str) -> str:
    page = officer.open(path, q=q)
    return next(
        link.address for link in page.links if link.address.rstrip("/").split("/")[-1].isdigit()
    )


def _look(chromium: Browser, places: Places, visitor: Visitor, pages: dict[str, str]) -> list[str]:
    person = browsing.person_open(chromium, name="page", url=places.url, width=browsing.NARROW)
    browsing.cookies_take(person, visitor)
    for name, address in pages.items():
        person.resize(browsing.NARROW)
        person.go(address.format(**places.gaps))
        for width in browsing.WIDTHS:
            person.resize(width)
            person.look(f"{name} {width} {person.page.url}", has_picture=False)
    person.context.close()
    return person.findings


def test_what_anybody_may_read(chromium: Browser, places: Places) -> None:
    assert _look(chromium, places, places.reader, OPEN) == []


def test_what_a_member_sees(chromium: Browser, places: Places) -> None:
    assert _look(chromium, places, places.member, MEMBER) == []


def test_what_somebody_sees_who_is_joining(chromium: Browser, places: Places) -> None:
    assert _look(chromium, places, places.joining, JOINING) == []


def test_what_somebody_sees_while_the_provider_is_away(
    chromium: Browser, places: Places, stripe_trouble: StandIn
) -> None:
    stripe_trouble.faults({"fault": "status", "status": 503, "count": None})
    assert _look(chromium, places, places.joining, WAITING) == []


def test_what_a_producer_sees(chromium: Browser, places: Places) -> None:
    assert _look(chromium, places, places.producer, PRODUCER) == []


def test_what_an_officer_sees(chromium: Browser, places: Places) -> None:
    assert _look(chromium, places, places.officer, STAFF) == []


def test_the_lists_above_name_every_page() -> None:
    # given
    listed = {*OPEN, *MEMBER, *JOINING, *WAITING, *PRODUCER, *STAFF, *NO_PAGE}
    # when
    names = set(_names(get_resolver().url_patterns, ""))
    # then
    assert names - listed == set()
    assert {name for name in listed if ":" in name} - names == set()


def _names(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, pattern.namespace or space)
        elif space:
            yield f"{space}:{pattern.name}"
