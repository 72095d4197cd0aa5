"""Pages that explain."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storefront.pages import about as pages
from storefront.views import answers


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """This will say what this is and who runs it."""
    page = pages.text_page(
        heading="このサロンについて",
        lead="町が自分で営む、寄附をしてくださる方のための会員制度です。",
    )
    return answers.show(request, "about/about", page)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """This will answer what people ask."""
    page = pages.text_page(
        heading="よくあるご質問", lead="ここにないことは、町の窓口へお気軽におたずねください。"
    )
    return answers.show(request, "about/help", page)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """This will show the terms."""
    page = pages.text_page(
        heading="ご利用の約束", lead="町と会員のあいだの約束を、短くまとめました。"
    )
    return answers.show(request, "about/terms", page)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """This will say what happens to personal data."""
    page = pages.text_page(
        heading="個人情報の取り扱い", lead="お預かりする情報と、その使いみちです。"
    )
    return answers.show(request, "about/privacy", page)
