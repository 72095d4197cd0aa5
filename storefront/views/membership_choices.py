"""A member's choices about his membership as a whole: rest, go on, day, tier, end."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from saleor_ext.access import decorators
from saleor_ext.flows.choices import anchor as anchor_flow
from saleor_ext.flows.choices import cancel as cancel_flow
from saleor_ext.flows.choices import pause as pause_flow
from saleor_ext.flows.choices import tier as tier_flow
from storefront.forms import membership_choices as forms
from storefront.pages import membership_words as words
from storefront.views.choosing import Choice, answer

PAUSE = Choice(
    name="my_pause",
    heading="お休みする",
    button="お休みする",
    intro=words.pause_intro,
    form=forms.pause_form,
    preview=lambda membership, given, today: pause_flow.pause_preview(
        membership_id=membership.pk, resume_on=given["resume_on"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: pause_flow.pause_choose(
        membership_id=membership.pk, resume_on=given["resume_on"], now=now, actor=actor, seen=seen
    ),
    words=words.pause_words,
    done=words.pause_done,
)
RESUME = Choice(
    name="my_resume",
    heading="お休みから再開する",
    button="再開する",
    form=forms.no_form,
    preview=lambda membership, given, today: pause_flow.resume_preview(
        membership_id=membership.pk, today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: pause_flow.resume_choose(
        membership_id=membership.pk, now=now, actor=actor, seen=seen
    ),
    words=words.resume_words,
    done=words.resume_done,
)
ANCHOR = Choice(
    name="my_anchor",
    heading="ご寄附日を変える",
    button="この日に変える",
    intro=words.anchor_intro,
    form=forms.anchor_form,
    preview=lambda membership, given, today: anchor_flow.anchor_preview(
        membership_id=membership.pk, day=given["day"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: anchor_flow.anchor_choose(
        membership_id=membership.pk, day=given["day"], now=now, actor=actor, seen=seen
    ),
    words=words.anchor_words,
    done=words.anchor_done,
)
TIER = Choice(
    name="my_tier",
    heading="プランを変える",
    button="このプランに変える",
    intro=words.tier_intro,
    form=forms.tier_form,
    preview=lambda membership, given, today: tier_flow.tier_preview(
        membership_id=membership.pk, tier_slug=given["tier"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: tier_flow.tier_choose(
        membership_id=membership.pk, tier_slug=given["tier"], now=now, actor=actor, seen=seen
    ),
    words=words.tier_words,
    done=words.tier_done,
)
CANCEL = Choice(
    name="my_cancel",
    heading="会員を終了する",
    button="会員を終了する",
    intro=words.cancel_intro,
    form=forms.cancel_form,
    preview=lambda membership, given, today: cancel_flow.cancel_preview(
        membership_id=membership.pk, today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: cancel_flow.cancel_choose(
        membership_id=membership.pk,
        now=now,
        actor=actor,
        reason=given["reason"],
        note=given["note"],
        seen=seen,
    ),
    words=words.cancel_words,
    done=words.cancel_done,
)
CANCEL_UNDO = Choice(
    name="my_cancel_undo",
    heading="終了を取り消す",
    button="会員を続ける",
    form=forms.no_form,
    preview=lambda membership, given, today: cancel_flow.cancel_undo_preview(
        membership_id=membership.pk, today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: cancel_flow.cancel_undo_choose(
        membership_id=membership.pk, now=now, actor=actor, seen=seen
    ),
    words=words.cancel_undo_words,
    done=words.cancel_undo_done,
)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def pause(request: HttpRequest) -> HttpResponse:
    """This will let a member rest until a day."""
    return answer(request, PAUSE)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def resume(request: HttpRequest) -> HttpResponse:
    """This will let him go on before that day."""
    return answer(request, RESUME)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def anchor(request: HttpRequest) -> HttpResponse:
    """This will change the day of the month on which he gives."""
    return answer(request, ANCHOR)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def tier(request: HttpRequest) -> HttpResponse:
    """This will change his tier."""
    return answer(request, TIER)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def cancel(request: HttpRequest) -> HttpResponse:
    """This will end his membership with the period he has paid for."""
    return answer(request, CANCEL)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def cancel_undo(request: HttpRequest) -> HttpResponse:
    """This will let it go on after all."""
    return answer(request, CANCEL_UNDO)
