"""The page client itself: it must go red on each fault, or every test of a page is worthless."""

import json

import pytest
from django.http import HttpResponse

from tests.web import page_faults
from tests.web.page_client import RECORD, PageClient, QueryCounts

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-abc' https://pay.example.jp; style-src 'self'"
)
GOOD = """<!DOCTYPE html>
<html lang="ja">
<head><meta charset="utf-8"><title>会員プラン | 汐見町</title>
<link rel="stylesheet" href="/static/css/main.css"></head>
<body>
<h1>会員プラン</h1>
<p id="help">説明</p>
<a href="/tiers/">一覧</a> <a href="#help">説明へ</a> <a href="https://example.jp/">外</a>
<img src="/static/img/done.svg" alt="">
<form action="/signin/" method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="x">
<label for="mail">メール</label><input id="mail" name="mail" aria-describedby="help">
<label>氏名 <input name="name"></label>
<button type="submit">送る</button>
</form>
<script src="/static/js/payment.js"></script>
<script src="https://pay.example.jp/v3.js"></script>
</body>
</html>
"""


def faults(text: str, *, policy: str = POLICY, cache: str = "no-store") -> list[str]:
    response = HttpResponse(text)
    if policy:
        response.headers["Content-Security-Policy"] = policy
    if cache:
        response.headers["Cache-Control"] = cache
    return page_faults.faults_of(page_faults.page_of(path="/tiers/", response=response))


def test_a_good_page_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<!DOCTYPE html>", "", "not HTML5"),
        ("<p id", "<p><div></p><p id", "not HTML5"),
        ('lang="ja"', 'lang="en"', "html has no lang=ja"),
        ("<h1>会員プラン</h1>", "", "0 h1 elements"),
        ("<h1>会員プラン</h1>", "<h1>会員プラン</h1><h1>二つ目</h1>", "2 h1 elements"),
        ("<title>会員プラン", "<title>汐見町", "does not start with the h1"),
        ('<p id="help">', '<h3>小見出し</h3><p id="help">', "h3 '小見出し' comes after h1"),
        ('<p id="help">', '<p id="mail">', "id mail stands 2 times"),
        ('aria-describedby="help"', 'aria-describedby="gone"', "names gone, which is not"),
        ('for="mail"', 'for="mial"', "the field mail has no label"),
        ('<label for="mail">メール</label>', "", "the field mail has no label"),
        ("<label>氏名 <input", "<label><input", "the field name has no label"),
        ("<label>氏名 <input", '<label><input placeholder="氏名"', "the field name has no label"),
        ("送る</button>", "</button>", "a button has no words"),
        (' action="/signin/"', "", "a form has no action"),
        ('action="/signin/"', 'action="/nowhere/"', "a form's action has no route"),
        (' method="post"', "", "a form has no method"),
        ('name="csrfmiddlewaretoken"', 'name="token"', "has no csrf token"),
        ("https://pay.example.jp/v3", "https://evil.example.com/v3", "does not allow the script"),
        ("</body>", "<script>1</script></body>", "an inline script has no nonce"),
        ("</body>", '<script nonce="xyz">1</script></body>', "an inline script has no nonce"),
        ('href="/tiers/"', 'href="/tires/"', "the link /tires/ has no route"),
        ('href="#help"', 'href="#gone"', "leads nowhere on the page"),
        ('href="/tiers/"', 'href="javascript:x"', "has a strange scheme"),
        (">一覧</a>", "></a>", "the link /tiers/ has no words"),
        ('href="/tiers/"', "", "a link without address"),
        (' alt=""', "", "has no alt"),
        ("/static/img/done.svg", "/static/img/gone.svg", "is no static file"),
        ("/static/css/main.css", "/static/css/gone.css", "is no static file"),
        ('<p id="help">', '<p id="help" style="color:red">', "a style attribute on p"),
        ("</head>", "<style>p{}</style></head>", "a style element"),
        ("<button ", '<button onclick="x()" ', "an event attribute onclick"),
    ],
)
def test_it_goes_red_on(before, after, words):
    assert before in GOOD

    found = faults(GOOD.replace(before, after, 1))

    assert any(words in fault for fault in found), found


def test_a_script_with_the_sent_nonce_is_allowed():
    text = GOOD.replace("</body>", '<script nonce="abc">1</script></body>')

    assert faults(text) == []


@pytest.mark.parametrize(
    ("policy", "cache", "words"),
    [
        ("", "no-store", "no Content-Security-Policy"),
        (POLICY, "", "no Cache-Control"),
        (
            POLICY.replace("'self' 'nonce", "'unsafe-inline' 'nonce"),
            "x",
            "script-src allows inline",
        ),
        (POLICY + " 'unsafe-inline'", "x", "style-src allows inline"),
        (POLICY.replace("script-src 'self'", "script-src"), "x", "does not allow the script"),
    ],
)
def test_it_goes_red_on_headers(policy, cache, words):
    found = faults(GOOD, policy=policy, cache=cache)

    assert any(words in fault for fault in found), found


def test_one_query_more_than_written_down_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.delenv(RECORD, raising=False)
    path = tmp_path / "counts.json"
    path.write_text(json.dumps({"a test #1 GET home": 3}))

    assert QueryCounts(test_name="a test", path=path).check(request_line="GET home", count=3) == []
    assert "4 queries instead of 3" in str(
        QueryCounts(test_name="a test", path=path).check(request_line="GET home", count=4)
    )
    assert "2 queries instead of 3" in str(
        QueryCounts(test_name="a test", path=path).check(request_line="GET home", count=2)
    )


def test_a_page_without_a_written_number_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.delenv(RECORD, raising=False)
    counts = QueryCounts(test_name="a test", path=tmp_path / "counts.json")

    assert "no number of queries" in str(counts.check(request_line="GET home", count=3))


def test_recording_writes_the_numbers_down(tmp_path, monkeypatch):
    monkeypatch.setenv(RECORD, "1")
    path = tmp_path / "counts.json"
    counts = QueryCounts(test_name="a test", path=path)

    counts.check(request_line="GET home", count=3)
    counts.check(request_line="GET tiers", count=5)

    assert json.loads(path.read_text()) == {"a test #1 GET home": 3, "a test #2 GET tiers": 5}


class _Answering:
    """A client that answers what it was given."""

    def __init__(self, response):
        self.response = response

    def get(self, path, data):
        self.response.request = {"PATH_INFO": path}
        return self.response

    post = get


class _NoCounts(QueryCounts):
    def __init__(self):
        super().__init__(test_name="none")

    def check(self, *, request_line, count):
        return []


def _client(response):
    return PageClient(counts=_NoCounts(), client=_Answering(response))


@pytest.mark.django_db
def test_a_wrong_status_is_red():
    with pytest.raises(AssertionError, match="answered 404"):
        _client(HttpResponse(GOOD, status=404)).get("/tiers/")


@pytest.mark.django_db
def test_a_faulty_page_is_red():
    with pytest.raises(AssertionError, match="no Content-Security-Policy"):
        _client(HttpResponse(GOOD)).get("/tiers/")


@pytest.mark.django_db
def test_a_redirect_must_state_its_target():
    response = HttpResponse(status=303, headers={"Location": "/my/"})

    _client(response).post("/signin/", to="/my/")
    with pytest.raises(AssertionError):
        _client(response).post("/signin/", to="/")


@pytest.mark.django_db
def test_a_form_that_does_not_redirect_is_red():
    with pytest.raises(AssertionError, match="answered 200"):
        _client(HttpResponse(GOOD)).post("/signin/", to="/my/")
