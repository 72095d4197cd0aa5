"""Markdown becomes safe HTML."""

import pytest

from saleor_ext.content import rendering


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# 見出し", "<h2>見出し</h2>\n"),
        ("## 見出し\n\n### 小見出し", "<h2>見出し</h2>\n<h3>小見出し</h3>\n"),
        ("## 見出し\n\n##### 小見出し", "<h2>見出し</h2>\n<h3>小見出し</h3>\n"),
        ("### 見出し\n\n## 次", "<h2>見出し</h2>\n<h2>次</h2>\n"),
        ("**太字**と*斜体*", "<p><strong>太字</strong>と<em>斜体</em></p>\n"),
        (
            "[町](https://shiomi.example.jp/)",
            '<p><a href="https://shiomi.example.jp/" rel="noopener noreferrer">町</a></p>\n',
        ),
        (
            "![畑](/static/town/hatake.svg)",
            '<p><img src="/static/town/hatake.svg" alt="畑"></p>\n',
        ),
        ("- 大根\n- かぶ", "<ul>\n<li>大根</li>\n<li>かぶ</li>\n</ul>\n"),
    ],
)
def test_ordinary_markdown_is_kept(text, html):
    # when
    made = rendering.markdown_html(text)
    # then
    assert made == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[押す](javascript:alert(1))",
        "[押す](data:text/html;base64,PHNjcmlwdD4=)",
        '[押す](https://a.example.jp "\\" onclick=\\"alert(1)")',
        "<style>body{display:none}</style>",
        "<a href='javascript:alert(1)'>x</a>",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_nothing_that_runs_gets_through(text):
    # when
    made = rendering.markdown_html(text)
    # then
    assert "<script" not in made
    assert "<style" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made
    assert 'href="data' not in made
    assert " onclick=" not in made.replace("&quot; onclick=", "")


@pytest.mark.parametrize(
    "address",
    ["https://tracker.example.com/a.png", "//tracker.example.com/a.png"],
)
def test_pictures_of_other_sites_are_not_loaded(address):
    # when
    made = rendering.markdown_html(f"![絵]({address})")
    # then
    assert "src=" not in made


def test_plain_words_leave_out_headings_and_markup():
    # given
    text = "# 題\n\n一行目\n二行目 **強く** `code` ![絵](/a.svg)\n\n- [リンク](/b/)\n"
    # when
    paragraphs = rendering.plain_paragraphs(text)
    # then
    assert paragraphs == ["一行目 二行目 強く code", "リンク"]
