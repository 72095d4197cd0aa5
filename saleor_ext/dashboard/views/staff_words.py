"""Words in public texts: what was found, and what staff said about it."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.content import services
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.flows import public_texts
from saleor_ext.law import messages as law_messages


@staff_may(Act.LOOK)
@require_GET
def words(request: MemberRequest) -> HttpResponse:
    """Every word found, those nobody has looked at first. No personal data."""
    found = public_texts.findings()
    context = {
        "open_findings": [finding for finding in found if finding.review is None],
        "reviewed": [
            (finding, messages.actor_words(finding.review.actor))
            for finding in found
            if finding.review is not None
        ],
        "may_review": request.principal.may(Act.WORDS_REVIEW),
        "to_confirm": law_messages.TO_CONFIRM,
        "section": "words",
    }
    return render(request, "dashboard/staff/words.html", context)


@staff_may(Act.WORDS_REVIEW)
@require_POST
def word_review(request: MemberRequest) -> HttpResponse:
    """A word may stand in a text as it is now, and it is noted why."""
    form = ReasonForm(request.POST)
    wanted = tuple(request.POST.get(name, "") for name in ("place", "word", "digest"))
    known = {
        (finding.place, finding.found.word.word, finding.digest)
        for finding in public_texts.findings()
    }
    if not form.is_valid():
        notices.error(request, str(form.errors["reason"][0]))
    elif wanted not in known:
        notices.error(request, messages.REFUSALS["invalid_transition"])
    else:
        place, word, digest = wanted
        services.word_review_write(
            place=place,
            word=word,
            digest=digest,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
        )
        notices.success(request, "確認済みにしました。文が変わると、もう一度ここに出ます。")
    return HttpResponseRedirect(reverse("staff:words"), status=303)
