"""How long a chapter is for a reader: known counts, and that every chapter can be finished."""

import pytest
from conftest import needs_chromium

from steps import reading
from steps.engine import plan

PAGE = """<html><body><header>Not this</header><article>
<section><h1>Did it work?<a class="headerlink">#</a></h1><p>Not much, in 12% of 1,200 cases.</p>
<a class="claim-mark">1, 2</a><svg><text>words in a picture</text></svg>
<figure class="figure"><p>words of a figure</p></figure>
<details class="hide">code</details>
<section><details class="depth"><summary><h3>In depth: more</h3><span>Three more words.</span></summary>
<p>Five words stand in here.</p><figure class="figure">x</figure><figure class="figure">y</figure>
<details>folded twice</details></details></section>
</section></article></body></html>"""


def test_words_and_figures_are_counted_where_a_reader_meets_them():
    found = reading.length(PAGE, "one\ntwo\n")
    assert (found.words, found.figures) == (3 + 7, 1)
    assert (found.words_in_depth, found.figures_in_depth) == (3 + 3 + 5, 2)
    assert found.lines == 2


@pytest.mark.book
@pytest.mark.parametrize("name", plan.ALL)
def test_a_chapter_can_be_finished(book, name):
    one = reading.lengths(book)[name]
    assert one.words <= reading.MOST_WORDS and one.figures <= reading.MOST_FIGURES, one
    assert one.lines <= reading.MOST_LINES, one


@pytest.mark.book
@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("name", plan.ALL)
def test_a_chapter_has_twelve_screens_at_most(chromium, book, name):
    page = chromium.new_page(viewport={"width": 1440, "height": 1000})
    page.goto((book / "book" / "chapters" / f"{name}.html").as_uri())
    height = page.evaluate("document.documentElement.scrollHeight")
    page.close()
    assert height <= 1000 * reading.MOST_SCREENS
