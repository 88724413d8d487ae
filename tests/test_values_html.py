"""heritage.values.html: what may pass from an editor's text into a page, and what may not."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.utils.safestring import SafeString

from heritage.values.html import to_html, to_html_in_parts, to_text


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("白马寺", "<p>白马寺</p>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("# a", "<h3>a</h3>"),
        ("## a", "<h4>a</h4>"),
        ("###### a", "<h6>a</h6>"),
        ("a\n===", "<h3>a</h3>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("***", "<hr>"),
        ("```js\na<b\n```", "<pre><code>a&lt;b\n</code></pre>"),
        ("~~a~~", "<p>~~a~~</p>"),
        ("![the *hall*](/x.jpg)", "<p>the hall</p>"),
        ("![a<b](/x.jpg)", "<p>a&lt;b</p>"),
        ("Tom & <Jerry>", "<p>Tom &amp; &lt;Jerry&gt;</p>"),
        ("a\0b\ud800", "<p>a\ufffdb\ufffd</p>"),
        (
            '[a](https://example.org/?a=1&b=2 "t")',
            '<p><a href="https://example.org/?a=1&amp;b=2" title="t" rel="noopener">a</a></p>',
        ),
        ("[a](/sites/x/)", '<p><a href="/sites/x/" rel="noopener">a</a></p>'),
        ("[a](#names)", '<p><a href="#names" rel="noopener">a</a></p>'),
        ("<mailto:a@example.org>", None),
    ],
)
def test_what_editors_write(markdown, html):
    made = to_html(markdown)
    assert isinstance(made, SafeString)
    if html is None:
        assert 'href="mailto:a@example.org"' in made
    else:
        assert made == html


def test_a_table_comes_without_style():
    html = to_html("|a|b|\n|-|-:|\n|1|2|")
    assert "<th>b</th>" in html
    assert "<td>2</td>" in html
    assert "style" not in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src=//evil.example></iframe>",
        "<style>*{display:none}</style>",
        "<!-- --><b onmouseover=alert(1)>x</b>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[x](data:image/png;base64,AAAA)",
        "[x](file:///etc/passwd)",
        "[x](ftp://example.org/)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '![x" onerror="alert(1)](y)',
        '[x](/a "t" onclick="alert(1)")',
        '[x](/a "\\" onclick=\\"alert(1)")',
        "[x]: javascript:alert(1)\n\n[x]",
        "`<script>alert(1)</script>`",
        '```"><script>alert(1)</script>\nx\n```',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "|<script>|\n|-|\n|<img src=x onerror=y>|",
        "# <script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
    ],
)
def test_no_attack_passes(attack):
    for tag in re.findall(r"<[^>]*>", to_html(attack)):
        link = re.fullmatch(r'<a( href="([^"]*)")?( title="[^"]*")? rel="noopener">', tag)
        if link:  # what a browser sees: java%0Ascript: has no scheme, it is a path
            assert urlsplit(unescape(link[2] or "")).scheme in ("", "http", "https", "mailto")
        else:
            assert re.fullmatch(r"</?(p|a|em|code|pre|h3|table|thead|tbody|tr|th|td)>", tag), tag


def test_a_title_cannot_break_out_of_its_attribute():
    assert 'title="&quot; onclick=&quot;x"' in to_html('[x](/a "\\" onclick=\\"x")')


def test_deep_nesting_is_survived():
    assert to_html(">" * 5000 + " a")
    assert to_html("[" * 5000)
    assert to_html("- " * 2000 + "a")


# --- to_text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# A\n\nb *c*\n**d** [e](/f) `g`\n\n- h\n- i", "A b c d e g h i"),
        ("|a|b|\n|-|-|\n|1|2|", "a b 1 2"),
        ("![the *hall*](/x.jpg) a", "the hall a"),
        ("```\ncode\n```", "code"),
        ("a  \nb", "a b"),
        ("Tom &amp; <b>Jerry</b>", "Tom & <b>Jerry</b>"),  # not escaped: the template does that
    ],
)
def test_plain_text(markdown, text):
    made = to_text(markdown)
    assert made == text
    assert not isinstance(made, SafeString)


@pytest.mark.parametrize(
    ("markdown", "limit", "text"),
    [
        ("White Horse Temple", 18, "White Horse Temple"),
        ("White Horse Temple", 17, "White Horse…"),
        ("White Horse Temple", 12, "White Horse…"),
        ("White Horse Temple", 11, "White…"),
        ("White Horse, Temple", 14, "White Horse…"),
        ("Llanfairpwllgwyngyll", 6, "Llanf…"),
        ("白马寺位于洛阳市", 5, "白马寺位…"),
        ("白马寺，位于洛阳市", 5, "白马寺…"),
        ("白马寺 White Horse", 8, "白马寺…"),
        ("白马寺White", 6, "白马寺…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("**abc** def", 7, "abc def"),
    ],
)
def test_plain_text_is_cut_between_words(markdown, limit, text):
    assert to_text(markdown, limit) == text
    assert len(text) <= limit


def test_headings_stand_under_those_of_the_page():
    assert to_html("# a", under=1) == "<h2>a</h2>"


@pytest.mark.parametrize(
    ("text", "beginning", "further", "headings"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>", "", []),
        (
            "One.\n\n# *A* & b\n\nTwo.\n\n## C\n\n- x",
            "<p>One.</p>",
            "<h3><em>A</em> &amp; b</h3>\n<p>Two.</p>\n<h4>C</h4>\n<ul>\n<li>x</li>\n</ul>",
            ["<em>A</em> &amp; b", "C"],
        ),
        ("# A\n\nOne.\n\n# B\n\nTwo.", "<h3>A</h3>\n<p>One.</p>", "<h3>B</h3>\n<p>Two.</p>", ["B"]),
        ("# A\n\n# B\n\nOne.", "<h3>A</h3>\n<h3>B</h3>\n<p>One.</p>", "", []),
        ("> # A\n\nOne.", "<blockquote>\n<h3>A</h3>\n</blockquote>\n<p>One.</p>", "", []),
        ("One [x][1].\n\n# A\n\n[1]: /en/", '<p>One <a href="/en/" rel="noopener">x</a>.</p>',
         "<h3>A</h3>", ["A"]),
    ],
)  # fmt: skip
def test_a_text_is_parted_before_its_first_heading(text, beginning, further, headings):
    parts = to_html_in_parts(text)
    assert parts == (beginning, further, headings)
