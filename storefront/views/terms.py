"""A member's choices about prepaid terms."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.flows.choices import after_term, swap, term
from storefront.forms import terms as forms
from storefront.pages import term_words as words
from storefront.views.choosing import Choice, answer

TERM = Choice(
    name="my_term",
    heading="まとめて寄附に切り替える",
    button="この内容で切り替える",
    intro=words.term_intro,
    form=forms.term_form,
    preview=lambda membership, given, today: term.term_preview(
        membership_id=membership.pk, tier_slug=given["pick"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: term.term_choose(
        membership_id=membership.pk, tier_slug=given["pick"], now=now, actor=actor, seen=seen
    ),
    words=words.term_words,
    done=words.term_done,
)
AFTER = Choice(
    name="my_after_term",
    heading="期間のあとを選ぶ",
    button="この内容に決める",
    intro=words.after_intro,
    form=forms.after_form,
    preview=lambda membership, given, today: after_term.after_preview(
        membership_id=membership.pk, after=given["pick"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: after_term.after_choose(
        membership_id=membership.pk, after=given["pick"], now=now, actor=actor, seen=seen
    ),
    words=words.after_words,
    done=words.after_done,
)


def _swap_asked(given: dict[str, str]) -> dict[str, object]:
    month, box_id = forms.swap_picked(given["pick"])
    return {"month": month, "box_id": box_id}


SWAP = Choice(
    name="my_swap",
    heading="ほかの箱にする",
    button="この箱にする",
    intro=words.swap_intro,
    form=forms.swap_form,
    preview=lambda membership, given, today: swap.swap_preview(
        membership_id=membership.pk, today=today, now=clock.now(), **_swap_asked(given)
    ),
    choose=lambda *, membership, given, seen, now, actor: swap.swap_choose(
        membership_id=membership.pk, now=now, actor=actor, seen=seen, **_swap_asked(given)
    ),
    words=words.swap_words,
    done=words.swap_done,
)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def begin(request: HttpRequest) -> HttpResponse:
    """This will begin a prepaid term."""
    return answer(request, TERM)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def after(request: HttpRequest) -> HttpResponse:
    """This will choose what comes after a term."""
    return answer(request, AFTER)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def box(request: HttpRequest) -> HttpResponse:
    """This will have another box come in a month of a term."""
    return answer(request, SWAP)
