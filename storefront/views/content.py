"""Posts, events and documents."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.content import selectors, services
from storefront import messages, visitor
from storefront.pages import content as pages
from storefront.views import answers


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """This will list posts."""
    page = pages.posts_page(now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "content/list", page)


@require_safe
@answers.missing_is_404
def post(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show a post, whole or its beginning."""
    page = pages.post_page(slug=slug, now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "content/piece", page)


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """This will list documents."""
    page = pages.documents_page(now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "content/list", page)


@require_safe
@answers.missing_is_404
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show a document, whole or its beginning."""
    page = pages.document_page(slug=slug, now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "content/piece", page)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """This will list events that are not over."""
    page = pages.events_page(now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "content/list", page)


@require_safe
@answers.missing_is_404
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show an event."""
    page = pages.event_page(
        slug=slug,
        now=clock.now(),
        reader=visitor.reader_of(request),
        donor_id=visitor.principal_of(request).donor_id,
    )
    return answers.show(request, "content/event", page)


@require_POST
@decorators.signed_in
@answers.missing_is_404
def event_enter(request: HttpRequest, slug: str) -> HttpResponse:
    """This will take a place at an event."""
    now = clock.now()
    found = selectors.event_get(slug=slug, now=now)
    donor = visitor.donor_ensure(request, now=now)
    try:
        services.event_enter(
            event_id=found.pk, donor_id=donor.pk, reader=visitor.reader_of(request), now=now
        )
    except NotFound:
        raise
    except Refusal as refusal:
        flash.error(request, str(messages.refusal_message(refusal.code)))
    else:
        flash.success(
            request, "お申し込みをお受けしました。参加の方法は、このページの下にあります。"
        )
    return answers.see_other("event", slug)


@require_POST
@decorators.signed_in
@answers.missing_is_404
def event_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """This will give a place at an event back."""
    now = clock.now()
    found = selectors.event_get(slug=slug, now=now)
    donor = visitor.donor_ensure(request, now=now)
    try:
        services.event_leave(event_id=found.pk, donor_id=donor.pk, now=now)
    except NotFound:
        raise
    except Refusal as refusal:
        flash.error(request, str(messages.refusal_message(refusal.code)))
    else:
        flash.success(request, "お申し込みを取り消しました。")
    return answers.see_other("event", slug)
