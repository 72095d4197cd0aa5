"""Celery's doors to the flows. Each reads the clock, calls one flow, and may run twice."""

import logging

from celery import shared_task
from django.core.management import call_command

from saleor_ext.common import clock
from saleor_ext.content import services as content
from saleor_ext.flows import outbox_run
from saleor_ext.flows.books import figures, ledger, matching
from saleor_ext.flows.choices import card_change
from saleor_ext.flows.limits import year_turn
from saleor_ext.flows.month import charge_run, janitor, monthly, run_outlook
from saleor_ext.flows.onestop import calendar as onestop_calendar
from saleor_ext.flows.onestop import following as onestop_following
from saleor_ext.flows.onestop import home_notices, online_results
from saleor_ext.flows.onestop import personal as onestop_personal
from saleor_ext.flows.orders import reconcile, shop_stock
from saleor_ext.flows.payments import disputes, provider_looks, refunds
from saleor_ext.flows.receipts import bulk as receipts_bulk
from saleor_ext.flows.receipts import issue as receipts_issue
from saleor_ext.flows.receipts import verify
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.shop import shop_link, shop_look
from saleor_ext.flows.swaps import bringing_back, proposing
from saleor_ext.operation import gate
from saleor_ext.operation import services as operation
from saleor_ext.saleor_connector import errors as shop_errors

logger = logging.getLogger(__name__)


@shared_task(name="outbox.sweep")
def outbox_sweep(**kwargs: object) -> None:
    """This will handle every due outbox message."""
    outbox_run.outbox_drain(now=clock.now(), limit=500)


@shared_task(name="heartbeat")
def heartbeat(**kwargs: object) -> None:
    """This will note that timetable, queue and worker are alive."""
    with operation.job_noted(name="heartbeat"):
        pass


@shared_task(name="sessions.clear")
def sessions_clear(**kwargs: object) -> None:
    """This will delete sessions that have expired; they say who was signed in."""
    with operation.job_noted(name="sessions.clear"):
        call_command("clearsessions")


@shared_task(name="shop.look")
def shop_look_task(**kwargs: object) -> None:
    """This will note whether the shop answers."""
    with operation.job_noted(name=figures.SHOP_JOB) as noted:
        noted["reachable"] = int(shop_look.shop_answers())


@shared_task(name="payments.janitor")
def payments_janitor(**kwargs: object) -> None:
    """This will find out what became of open payment attempts."""
    with operation.job_noted(name="payments.janitor") as noted:
        report = janitor.attempts_settle_open(now=clock.now())
        noted |= {"looked_at": report.looked_at, "unknown": report.unknown}
        noted |= {"refunds_open": refunds.refunds_settle_open(now=clock.now())}


@shared_task(name=matching.JOB)
def money_match(**kwargs: object) -> None:
    """This will compare ledger, provider and shop, and look at what the bank has not decided."""
    if not gate.is_home():
        return
    with operation.job_noted(name=matching.JOB) as noted:
        noted["disputes_open"] = disputes.disputes_look_open(now=clock.now())
        report = matching.match_daily(now=clock.now())
        noted |= {"days": report.days, "gaps": report.gaps, "silent": int(bool(report.silent))}


@shared_task(name="cycles.run")
def cycles_run(*, actor: str = "beat", **kwargs: object) -> None:
    """This will run the month up to today."""
    if clock.is_held():
        return  # the trial's loader is turning the months itself
    if not gate.is_home():
        logger.warning("this is an unconfirmed copy: the month waits")
        return
    with operation.job_noted(name="cycles.run") as noted:
        report = monthly.run_cycles(as_of=clock.today(), now=clock.now(), actor=actor)
        noted |= {"due": report.due, "charged": report.charged, "parked": report.parked}
    run_outlook.outlook_ask()


@shared_task(name=run_outlook.JOB)
def cycles_outlook(**kwargs: object) -> None:
    """This will count what a run would do now, for the staff page."""
    if not clock.is_held():
        run_outlook.outlook_count(as_of=clock.today(), now=clock.now())


@shared_task(name="cycles.retry")
def cycles_retry(**kwargs: object) -> None:
    """This will run the month when the town's time of day for retries has come."""
    if clock.is_held() or not gate.is_home():
        return
    if charge_run.retry_is_due(now=clock.now()):
        cycles_run(actor="beat")


@shared_task(name="limits.year_turn")
def limits_year_turn(**kwargs: object) -> None:
    """This will close what the turn of the year finds open in a browser."""
    if clock.is_held() or not gate.is_home():
        return
    year_turn.attempts_close_held(today=clock.today(), now=clock.now(), actor="beat")


@shared_task(name="payments.event")
def payments_event(*, provider_ref: str, kind: str = "", key: str = "", **kwargs: object) -> None:
    """This will look again at the attempt a provider's message spoke of."""
    if not gate.is_home():
        return  # the message was for another place, or the janitor asks once this one is confirmed
    provider_looks.event_take(provider_ref=provider_ref, kind=kind, key=key, now=clock.now())


@shared_task(name="cards.event")
def cards_event(*, provider_ref: str, **kwargs: object) -> None:
    """This will look again at the card whose entering a provider's message spoke of."""
    if gate.is_home():
        card_change.provider_event_handle(provider_ref=provider_ref, now=clock.now())


@shared_task(name="cards.settle")
def cards_settle(**kwargs: object) -> None:
    """This will look for cards that were entered without our hearing of it."""
    if not gate.is_home():
        return
    with operation.job_noted(name="cards.settle") as noted:
        noted["kept"] = card_change.cards_settle_open(now=clock.now())


@shared_task(name=card_change.RETRY_JOB)
def cards_retry(*, change_id: int, **kwargs: object) -> None:
    """This will charge what was declined before a new card was entered."""
    if gate.is_home():
        card_change.owed_months_retry(change_id=change_id, now=clock.now())


@shared_task(name=proposing.OPEN_JOB)
def swaps_open(**kwargs: object) -> None:
    """This will ask about the months for which an alternate has just been proposed."""
    if gate.is_home():
        bringing_back.proposals_take_up(now=clock.now(), actor="proposal")


@shared_task(name="shop.stock")
def shop_stock_sync(**kwargs: object) -> None:
    """This will see what the shop still has of each gift."""
    if gate.is_home():
        shop_stock.stock_refresh(now=clock.now())


@shared_task(name="shop.reconcile")
def shop_reconcile(**kwargs: object) -> None:
    """This will take up what the shop could not tell us."""
    if not gate.is_home():
        return
    with operation.job_noted(name="shop.reconcile") as noted:
        try:
            report = reconcile.shop_reconcile(now=clock.now())
        except shop_errors.ShopUnavailable as error:
            logger.warning("reconcile: %s", error)
            return
        noted |= {"messages": report.messages, "orders": report.orders, "news": report.news}


@shared_task(name="receipts.settle")
def receipts_settle(**kwargs: object) -> None:
    """This will bring receipts in step with the ledger."""
    with operation.job_noted(name="receipts.settle") as noted:
        noted["out_of_step"] = receipts_issue.receipts_settle_due(
            today=clock.today(), now=clock.now(), actor="receipts"
        )


@shared_task(name="onestop.sweep")
def onestop_sweep(**kwargs: object) -> None:
    """This will bring one-stop applications in step with wishes, ledger and calendar."""
    if not gate.is_home():
        return
    today, now = clock.today(), clock.now()
    with operation.job_noted(name="onestop.sweep") as noted:
        noted["out_of_step"] = onestop_following.applications_settle_due(now=now, actor="onestop")
        noted["reminded"] = onestop_calendar.reminders_send(today=today, now=now)
        noted["closed"] = onestop_calendar.awaited_close(today=today, now=now, actor="onestop")
        noted["erased"] = onestop_personal.years_erase_due(today=today, now=now)


@shared_task(name=receipts_bulk.TASK)
def receipts_print(*, job_id: int, **kwargs: object) -> None:
    """This will make a file of many receipts."""
    receipts_bulk.print_work(job_id=job_id, clock=clock.now)


@shared_task(name="receipts.sweep")
def receipts_sweep(**kwargs: object) -> None:
    """This will take up print jobs nobody is at, and forget old files and questions."""
    with operation.job_noted(name="receipts.sweep") as noted:
        noted["prints"] = receipts_bulk.prints_sweep(clock=clock.now)
        noted["windows"] = verify.windows_clear(now=clock.now())


@shared_task(name=home_notices.MAKE_TASK)
def onestop_notices_make(*, year: int, actor: str, **kwargs: object) -> None:
    """This will make the notices of a year, as far as the municipality is known."""
    home_notices.notices_make(year=year, today=clock.today(), now=clock.now(), actor=actor)


@shared_task(name=online_results.TASK)
def onestop_import_apply(*, import_id: int, **kwargs: object) -> None:
    """This will take in results of online applications."""
    online_results.import_work(import_id=import_id, today=clock.today(), now=clock.now())


@shared_task(name="onestop.follow")
def onestop_follow(**kwargs: object) -> None:
    """This will move notices whose sending was noted, and finish taking in results."""
    with operation.job_noted(name="onestop.follow") as noted:
        noted["notices"] = home_notices.sent_follow(now=clock.now())
        noted["imports"] = online_results.imports_follow(today=clock.today(), now=clock.now())


@shared_task(name="ledger.check")
def ledger_check(**kwargs: object) -> None:
    """This will check the ledger and log what does not hold."""
    with operation.job_noted(name=figures.LEDGER_JOB) as noted:
        noted["breaches"] = ledger.ledger_check_and_log(now=clock.now())


@shared_task(name=shop_link.CHECK_JOB)
def shop_link_check(**kwargs: object) -> None:
    """This will see whether the shop still knows us."""
    shop_link.link_check(now=clock.now())


@shared_task(name=rehearsing.TASK)
def rehearsal_run(*, rehearsal_id: int, **kwargs: object) -> None:
    """This will rehearse the coming months for all members; nothing but its own row is written."""
    rehearsing.rehearsal_run(rehearsal_id=rehearsal_id)


@shared_task(name="content.holds")
def content_holds(**kwargs: object) -> None:
    """This will hold content with words that staff have not let stand, however it was written."""
    with operation.job_noted(name="content.holds") as noted:
        noted["held"] = content.holds_refresh()
