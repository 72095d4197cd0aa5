"""Addresses of the storefront."""

from django.urls import path

from storefront.views import about, accounts, content, join, join_card, limit, my, recover, town

app_name = "storefront"

urlpatterns = [
    path("", town.home, name="home"),
    path("tiers/", town.tiers, name="tiers"),
    path("tiers/<slug:slug>/", town.tier, name="tier"),
    path("town/", town.town, name="town"),
    path("producers/", town.producers, name="producers"),
    path("producers/<slug:slug>/", town.producer, name="producer"),
    path("gifts/<slug:slug>/", town.gift, name="gift"),
    path("posts/", content.posts, name="posts"),
    path("posts/<slug:slug>/", content.post, name="post"),
    path("documents/", content.documents, name="documents"),
    path("documents/<slug:slug>/", content.document, name="document"),
    path("events/", content.events, name="events"),
    path("events/<slug:slug>/", content.event, name="event"),
    path("events/<slug:slug>/enter/", content.event_enter, name="event_enter"),
    path("events/<slug:slug>/leave/", content.event_leave, name="event_leave"),
    path("signin/", accounts.signin, name="signin"),
    path("signout/", accounts.signout, name="signout"),
    path("account/sent/", accounts.sent, name="account_sent"),
    path("account/confirm/<slug:sealed>/", accounts.confirm, name="account_confirm"),
    path("password/", accounts.password, name="password"),
    path("password/sent/", accounts.password_sent, name="password_sent"),
    path("password/new/<slug:sealed>/", accounts.password_new, name="password_new"),
    path("join/<slug:slug>/", join.join, name="join"),
    path("join/<slug:slug>/account/", join.account, name="join_account"),
    path("join/<slug:slug>/details/", join.details, name="join_details"),
    path("join/<slug:slug>/confirm/", join.confirm, name="join_confirm"),
    path("join/<slug:public_id>/card/", join_card.card, name="join_card"),
    path("join/<slug:public_id>/return/", join_card.back, name="join_return"),
    path("join/<slug:public_id>/done/", join_card.done, name="join_done"),
    path("my/", my.my, name="my"),
    path("my/details/", my.details, name="my_details"),
    path("my/donations/", my.donations, name="my_donations"),
    path("my/shipments/", my.shipments, name="my_shipments"),
    path("my/limit/", limit.my_limit, name="my_limit"),
    path("my/limit/remove/", limit.my_limit_remove, name="my_limit_remove"),
    path("limit/", limit.limit, name="limit"),
    path("limit/keep/", limit.keep, name="limit_keep"),
    path("my/recover/", recover.recover, name="recover"),
    path("my/recover/card/", recover.card, name="recover_card"),
    path("my/recover/return/", recover.back, name="recover_return"),
    path("about/", about.about, name="about"),
    path("help/", about.help_page, name="help"),
    path("terms/", about.terms, name="terms"),
    path("privacy/", about.privacy, name="privacy"),
]
