"""A member's choices, each with what it would do before it is done."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.flows.choices import skip as skip_flow
from saleor_ext.flows.choices import year_turn as year_turn_flow
from saleor_ext.membership import selectors
from storefront import visitor
from storefront.forms import choices as forms
from storefront.pages import choice_words as words
from storefront.pages import membership as pages
from storefront.pages import term_words
from storefront.views import answers
from storefront.views.choosing import Choice, answer

SKIP = Choice(
    name="my_skip",
    heading="ひと月を見送る",
    button="この月を見送る",
    intro=words.skip_intro,
    form=forms.skip_form,
    preview=lambda membership, given, today: skip_flow.skip_preview(
        membership_id=membership.pk, month=given["month"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: skip_flow.skip_choose(
        membership_id=membership.pk, month=given["month"], now=now, actor=actor, seen=seen
    ),
    words=words.skip_words,
    done=words.skip_done,
)
SKIP_UNDO = Choice(
    name="my_skip_undo",
    heading="見送りを取り消す",
    button="見送りを取り消す",
    form=forms.skip_undo_form,
    preview=lambda membership, given, today: skip_flow.skip_undo_preview(
        membership_id=membership.pk, month=given["month"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: skip_flow.skip_undo_choose(
        membership_id=membership.pk, month=given["month"], now=now, actor=actor, seen=seen
    ),
    words=words.skip_undo_words,
    done=words.skip_undo_done,
)

YEAR_TURN = Choice(
    name="my_year_turn",
    heading="年をこえた月のご寄附",
    button="このとおりにする",
    intro=words.year_turn_intro,
    form=forms.year_turn_form,
    preview=lambda membership, given, today: year_turn_flow.year_turn_preview(
        membership_id=membership.pk, answer=given["answer"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: year_turn_flow.year_turn_choose(
        membership_id=membership.pk, answer=given["answer"], now=now, actor=actor, seen=seen
    ),
    words=words.year_turn_words,
    done=words.year_turn_done,
)


@require_safe
@decorators.signed_in
def membership(request: HttpRequest) -> HttpResponse:
    """This will show everything a member can choose, and how it stands."""
    donor = visitor.donor_of(request)
    current = selectors.membership_current(donor_id=donor.pk) if donor else None
    if current is None:
        page = pages.nobody_page()
    else:
        more = term_words.term_rows(current, today=clock.today())
        page = pages.membership_page(membership=current, today=clock.today(), more=more)
    return answers.show(request, "my/membership", page)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def skip(request: HttpRequest) -> HttpResponse:
    """This will leave out one month."""
    return answer(request, SKIP)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def skip_undo(request: HttpRequest) -> HttpResponse:
    """This will bring back a month that was left out."""
    return answer(request, SKIP_UNDO)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def year_turn(request: HttpRequest) -> HttpResponse:
    """This will ask what is to become of a month that the turn of the year found unpaid."""
    return answer(request, YEAR_TURN)
