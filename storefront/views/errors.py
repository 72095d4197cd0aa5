"""When something is wrong. These pages need no database, no session and no person."""

from django.http import HttpRequest, HttpResponse
from django.template import loader


def _page(name: str, heading: str, status: int) -> HttpResponse:
    """Rendered without the request, so that no context processor runs."""
    text = loader.get_template(f"errors/{name}.html").render({"heading": heading})
    response = HttpResponse(text, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This will answer 400."""
    return _page("400", "受け取った内容を読み取れませんでした", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This will answer 403."""
    return _page("403", "このページはご覧いただけません", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This will answer 404."""
    return _page("404", "ページが見つかりません", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """This will answer 500."""
    return _page("500", "こちらの不具合で表示できません", 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This will answer a form whose token is missing or old."""
    return _page("csrf_failed", "画面の有効な時間が過ぎました", 403)
