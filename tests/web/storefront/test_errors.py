"""Pages for when something is wrong: kind, and without the database."""

import pytest
from django.test import Client, RequestFactory

from storefront.views import errors
from tests.web import page_faults


@pytest.mark.parametrize(
    ("view", "status", "heading"),
    [
        (errors.bad_request, 400, "受け取った内容を読み取れませんでした"),
        (errors.forbidden, 403, "このページはご覧いただけません"),
        (errors.not_found, 404, "ページが見つかりません"),
        (errors.server_error, 500, "こちらの不具合で表示できません"),
        (errors.csrf_failed, 403, "画面の有効な時間が過ぎました"),
    ],
)
def test_each_is_a_fit_page_that_asks_no_database(view, status, heading):
    """Without the `db` fixture every query raises."""
    # when
    response = view(RequestFactory().get("/"))

    # then
    response.headers["Content-Security-Policy"] = "script-src 'self'"
    page = page_faults.page_of(path="/", response=response)
    assert response.status_code == status
    assert page.h1 == heading
    assert page_faults.faults_of(page) == []
    assert page.links


@pytest.mark.django_db
def test_a_form_without_token_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/signin/", {"email": "a@example.jp"})

    assert response.status_code == 403
    assert "画面の有効な時間が過ぎました" in response.content.decode()


@pytest.mark.django_db
def test_an_unforeseen_error_shows_the_kind_page(monkeypatch):
    # given
    monkeypatch.setattr("storefront.pages.tiers.tiers_page", lambda: 1 / 0)
    client = Client(raise_request_exception=False)

    # when
    response = client.get("/tiers/")

    # then
    assert response.status_code == 500
    assert "こちらの不具合で表示できません" in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
