"""The HTTP doors for the shop and the payment provider. Everything behind them is elsewhere."""

import json
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.common import clock, jobs, registry
from saleor_ext.contracts.errors import SignatureInvalid
from saleor_ext.flows.orders import order_guard as guard_flow
from saleor_ext.flows.payments import payment_session
from saleor_ext.flows.shop import shop_link
from saleor_ext.saleor_connector import (
    errors,
    hooks,
    inbox,
    manifest,
    messages,
    order_guard,
    sessions,
)

logger = logging.getLogger(__name__)


@require_GET
def manifest_view(request: HttpRequest) -> HttpResponse:
    """This will show the shop who we are and what we need."""
    made = manifest.manifest_build(app_url=settings.APP_URL, server_url=settings.APP_INTERNAL_URL)
    return JsonResponse(made)


@csrf_exempt
@require_POST
def register_view(request: HttpRequest) -> HttpResponse:
    """This will take the token of a shop that installs us, after proving it."""
    token = _offered_token(request.body)
    if not token:
        return _error(messages.NOTHING_OFFERED, status=400)
    try:
        shop_link.shop_installed(
            domain=request.headers.get("Saleor-Domain", ""),
            saleor_api_url=request.headers.get("Saleor-Api-Url", ""),
            auth_token=token,
            now=clock.now(),
        )
    except errors.InstallationRefused as error:
        return _error(messages.REGISTER_REFUSALS[str(error.fields["reason"])], status=403)
    except errors.ShopUnavailable:
        return _error(messages.SHOP_SILENT, status=503)
    return JsonResponse({"success": True})


def _offered_token(body: bytes) -> str:
    try:
        token = json.loads(body)["auth_token"]
    except (ValueError, KeyError, TypeError):
        return ""
    return token if isinstance(token, str) else ""


def _error(message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": {"message": message}}, status=status)


@csrf_exempt
@require_POST
def shop_hook_view(request: HttpRequest, name: str) -> HttpResponse:
    """This will take one signed message of the shop.

    Answered at once when it is about a payment, kept and handled later otherwise. `name` is for
    reading access logs only.
    """
    try:
        message = hooks.message_verify(headers=request.headers, body=request.body)
    except errors.SignatureRefused:
        return HttpResponse(status=401)
    except errors.KeysUnavailable:
        return HttpResponse(status=503)
    except hooks.MessageInvalid:
        return HttpResponse(status=400)
    if message.is_session:
        try:
            session = sessions.session_read(message)
        except errors.ShopAnswerInvalid:
            # After a 5xx the shop would ask again with an empty body.
            answer = payment_session.unreadable_answer(event=message.event)
            return JsonResponse(answer) if answer else HttpResponse(status=400)
        return JsonResponse(payment_session.session_answer(session, now=clock.now()))
    inbox.delivery_store(message=message, now=clock.now())
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def order_guard_view(request: HttpRequest) -> HttpResponse:
    """This will answer our plugin inside the shop: may this checkout become an order?

    Anything but 200 makes the plugin refuse donations with gifts and let the others pass.
    """
    try:
        message = hooks.message_verify(headers=request.headers, body=request.body)
        question = order_guard.question_read(message)
    except errors.SignatureRefused:
        return HttpResponse(status=401)
    except errors.KeysUnavailable:
        return HttpResponse(status=503)
    except hooks.MessageInvalid:
        return HttpResponse(status=400)
    return JsonResponse(order_guard.answer(code=guard_flow.order_refusal(question)))


@csrf_exempt
@require_POST
def payment_hook_view(request: HttpRequest) -> HttpResponse:
    """This will take one signed message of the payment provider and look at it afterwards."""
    try:
        event = registry.payment_provider().event_parse(
            body=request.body, signature=request.headers.get("Stripe-Signature", "")
        )
    except SignatureInvalid:
        return HttpResponse(status=400)
    if event.provider_ref:
        jobs.enqueue(
            "payments.event", provider_ref=event.provider_ref, kind=event.kind, key=event.key
        )
    if event.card_entry_ref:
        jobs.enqueue("cards.event", provider_ref=event.card_entry_ref)
    return HttpResponse(status=200)


@require_GET
def health_view(request: HttpRequest) -> HttpResponse:
    """This will say that the web process answers."""
    return JsonResponse({"status": "ok"})
