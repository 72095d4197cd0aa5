"""A member says what the town is to use his donations for."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import selectors, services, states
from storefront import visitor
from storefront.forms import uses as forms
from storefront.pages import use as pages
from storefront.views import answers


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def use(request: HttpRequest) -> HttpResponse:
    """This will show the town's uses and note the one that is chosen."""
    donor = visitor.donor_ensure(request, now=clock.now())
    membership = selectors.membership_current(donor_id=donor.pk)
    if membership is None or membership.tier.kind == states.TierKind.FREE:
        raise NotFound(what="membership")
    town = selectors.municipality_get()
    form = forms.UseForm(
        request.POST if request.method == "POST" else None,
        choices=forms.use_choices(town.uses),
        use_slug=membership.use_slug,
    )
    if form.is_bound and form.is_valid():
        words = pages.counts_words(membership=membership, today=clock.today())
        services.membership_use_set(donor_id=donor.pk, use_slug=form.cleaned_data["use"])
        flash.success(request, f"使い道を控えました。{words}")
        return answers.see_other("my")
    page = pages.use_page(membership=membership, town=town, form=form, today=clock.today())
    return answers.show(request, "my/use", page, status=answers.INVALID if form.is_bound else 200)
