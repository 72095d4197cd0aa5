"""The donor answers whether something else may come in a gift's place."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.choices import swap_wish as wish_flow
from saleor_ext.flows.swaps import answering
from storefront import messages
from storefront.forms import giving as forms
from storefront.pages import giving_words as words
from storefront.pages import swap as pages
from storefront.views import answers
from storefront.views.choosing import Choice, answer

ACTOR = "link"
ANSWERS = {"accept": True, "carry": False}

WISH = Choice(
    name="my_swap_wish",
    heading="代わりの品のご希望",
    button="この希望にする",
    intro=words.wish_intro,
    form=forms.swap_wish_form,
    preview=lambda membership, given, today: wish_flow.swap_wish_preview(
        membership_id=membership.pk, wish=given["wish"], silence=given["silence"], today=today
    ),
    choose=lambda *, membership, given, seen, now, actor: wish_flow.swap_wish_choose(
        membership_id=membership.pk,
        wish=given["wish"],
        silence=given["silence"],
        now=now,
        actor=actor,
        seen=seen,
    ),
    words=words.wish_words,
    done=words.wish_done,
)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def wish(request: HttpRequest) -> HttpResponse:
    """This will keep what a donor wants when a gift cannot be sent."""
    return answer(request, WISH)


@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: HttpRequest, sealed: str) -> HttpResponse:
    """This will show the question of a mailed link, and take the answer.

    Opening the link decides nothing: programs that look through mail open every link.
    """
    try:
        asked = answering.swap_read(sealed=sealed)
    except Refusal as error:
        page = pages.refused_page(messages.refusal_message("swap_over"))
        return answers.show(request, "swap/refused", page, status=answers.status_of(error.code))
    refusal, status = None, 200
    if request.method == "POST":
        try:
            is_accepted = ANSWERS[request.POST.get("answer", "")]
            answering.swap_answer(
                swap_id=asked.pk, is_accepted=is_accepted, now=clock.now(), actor=ACTOR
            )
        except KeyError:
            refusal, status = messages.refusal_message("invalid"), answers.INVALID
        except Refusal as error:
            refusal, status = messages.refusal_message(error.code), answers.INVALID
        else:
            flash.success(request, "お返事を承りました。")
            return answers.see_other("swap", sealed)
        asked = answering.swap_read(sealed=sealed)
    page = pages.swap_page(asked, sealed=sealed, today=clock.today(), refusal=refusal)
    return answers.show(request, "swap/swap", page, status=status)
