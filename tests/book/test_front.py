"""The front of the book: the answers in brief, what to know, the recommendations, and the same in Dutch."""

import re
from html import unescape

import nbformat
import pytest
from bs4 import BeautifulSoup

from lib import data
from lib.ledger.verdicts import CONFIRMED, NOT_PUBLIC, UNTESTED
from lib.synthesis.answers import assessed, dutch, filled, pairs
from steps.book import home, links, small

ENDS = re.compile(r"(?<=[.?!:])\s+(?=[A-Z“\d])")
# Terms of method, which belong in depth.
METHOD = re.compile(
    r"\b(?:placebo|posterior|significan|confidence interval|estimator|coefficient|regression|heterogene|cluster|"
    r"bootstrap|internally consistent|counterfactual|robust)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
SAID = {
    "answers": ("says", "why", "reason"), "answer_facts": ("text",), "recommendation_answers": ("why", "question"),
    "briefs_dutch": ("why",),
}  # fmt: skip
PAGES = ("index", "samenvatting", "recommendations")


def sentences(text):
    return [sentence for sentence in ENDS.split(re.sub(r"<[^>]+>", "", text)) if sentence.strip()]


def numbers(text, as_dutch=str):
    """The numbers in a text, sorted, without those that chapters fill in and without sections."""
    plain = re.sub(r"\{[^}]+\}|(?:[Ss]ection|[Pp]aragraaf) [\d.]+", "", text)
    return sorted(map(as_dutch, NUMBER.findall(plain)))


def texts():
    """Every sentence written for these pages, in either language."""
    for table, columns in SAID.items():
        rows = data.load(table)
        for column in [name for base in columns for name in (base, f"{base}_nl") if name in rows]:
            for text in rows[column]:
                yield from ((f"{table}.{column}", sentence) for sentence in sentences(text))
    for language, words in home.WORDS.items():
        for name in ("lead", "checked_lead", "about", "independent", "scales"):
            yield from ((f"{language}.{name}", sentence) for sentence in sentences(words[name]))


def test_sentences_are_short_and_plain():
    found = list(texts())
    long = [f"{where}: {text}" for where, text in found if len(text.split()) > 25]
    assert long == []
    assert sum(len(text.split()) for _, text in found) / len(found) <= 15
    assert [f"{where}: {text}" for where, text in found if METHOD.search(text)] == []


def test_sentences_rest_on_the_verdicts_that_they_name():
    assert links.stale_answers() == {}
    assert links.stale_pairs() == {}


def test_a_verdict_that_turns_makes_its_sentences_stale():
    claims = data.load("claims")
    turned = claims.assign(expect=claims["expect"].mask(claims["id"] == "return-no-evidence-others", CONFIRMED))

    def load(name):
        return turned if name == "claims" else data.load(name)

    assert set(links.stale_answers(load)) == {"return"}
    assert "return-2" in links.stale_pairs(load)


def test_the_answer_in_two_sentences_is_what_the_verdicts_say():
    claims = links.followed().claims
    tested = claims[~claims["verdict"].isin(UNTESTED)]
    assert 3 / 4 <= tested["verdict"].eq(CONFIRMED).mean() < 1  # mostly agrees, with exceptions
    assert len(tested) < len(claims) / 2  # most was not checked
    untested = claims[claims["verdict"].isin(UNTESTED)]
    assert untested["verdict"].eq(NOT_PUBLIC).mean() > 1 / 2  # mainly because sources are not public
    assert links.followed().of_conclusions().at["conclusion-main", "shows"] == "mixed"
    for words in home.WORDS.values():
        assert len(sentences(f"{words['lead']} {words['checked_lead']}")) <= 3


def test_answers_come_from_conclusions_that_exist_and_all_questions_are_there():
    answers = data.load("answers")
    assert len(answers) == 6
    known = set(data.load("report_conclusions")["id"])
    assert {id for ids in answers["conclusions"] for id in ids.split(";")} <= known
    assert 3 <= len(data.load("answer_facts")) <= 5


def test_every_recommendation_and_part_has_one_question():
    rows = data.load("recommendation_answers")
    assert rows["recommendation"].tolist() == data.load("report_recommendations")["id"].tolist()
    for column in ("question", "question_nl"):
        assert rows[column].is_unique
        assert all(text.count("?") == 1 and text.endswith("?") for text in rows[column])
        assert all(len(text.split()) <= 30 for text in rows[column])


def test_one_part_does_not_speak_for_a_whole_recommendation():
    found = links.followed().of_recommendations()
    assert found.at["recommendation-5a", "shows"] == "mixed"
    assert found.at["recommendation-5", "shows"] == "too little checked"


def in_brief(project, chapter):
    """The rows of a chapter's table in brief: their text, and the ids that they rest on."""
    if chapter == "synthesis":
        rows = BeautifulSoup(glued(project, chapter, "answer"), "html.parser").select("tbody tr")
        return [(row.get_text(" "), [row.a["href"].removeprefix("#")]) for row in rows]
    parts = re.split(r"(?=<tr><th scope=\"row\">)", glued(project, chapter, "in_brief"))[1:]
    ids = [re.search(r"<!--marks:(.+?)-->", part)[1].split(",") for part in parts]
    return [(unescape(re.sub(r"<[^>]+>", " ", part)), beneath) for part, beneath in zip(parts, ids, strict=True)]


def glued(project, chapter, name):
    cells = nbformat.read(project.root / "_build" / "executed" / f"{chapter}.ipynb", as_version=4).cells
    outs = [out for cell in cells for out in cell.get("outputs", [])]
    found = next(out for out in outs if out["metadata"].get("scrapbook", {}).get("name") == name)
    return next(text for kind, text in found["data"].items() if kind.endswith("text/html"))


@pytest.mark.book
@pytest.mark.parametrize("chapter", home.WORDS["nl"]["chapters"])
def test_a_brief_in_dutch_has_the_rows_claims_and_numbers_of_the_english_one(project, book, chapter):
    rows = data.load("briefs_dutch").query("chapter == @chapter")
    english = in_brief(project, chapter)
    assert [[id for id, _ in pairs(text)] for text in rows["rests_on"]] == [ids for _, ids in english]
    page = BeautifulSoup((book / "book" / "samenvatting.html").read_text(encoding="utf-8"), "html.parser")
    shown = page.select(f"#kort-{chapter} ~ table")[0].select("tbody tr")
    assert len(shown) == len(english)
    for row, (text, _) in zip(shown, english, strict=True):
        said = numbers(row.get_text(" "), lambda number: number.translate(str.maketrans(",.", ".,")))
        assert set(said) <= set(numbers(text)), row.get_text(" ", strip=True)
        amount = {word: english_word for english_word, word in home.WORDS["nl"]["amount"].items()}
        assert amount[row.select_one(".amount ~ strong").get_text()] in text


def test_a_sentence_in_dutch_has_no_number_of_its_own_but_years_and_sections():
    for row in data.load("briefs_dutch").to_dict("records"):
        for column in ("question", "says", "why"):
            own = [number for number in numbers(row[column]) if not re.fullmatch(r"20\d\d|\d\.\d|\da?", number)]
            assert own == [], row["brief"]


def test_both_languages_name_the_same_numbers():
    place = re.compile(r"\{[^}|]+")
    for row in data.load("answer_facts").to_dict("records"):
        for column in ("title", "text"):
            english, other = row[column], row[f"{column}_nl"]
            assert sorted(place.findall(english)) == sorted(place.findall(other)), row["fact"]
            assert numbers(english, dutch) == numbers(other), row["fact"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("{a.n} of {a.m|word}", "en", "1,234.5 of five"),
        ("{a.n} van {a.m|word}", "nl", "1.234,5 van vijf"),
        ("{a.m|Word} in {a.when}", "nl", "Vijf in april 2020"),
        ("{a.money}", "nl", "€12,0 miljoen"),
    ],
)
def test_numbers_stand_in_their_sentence(text, language, expected):
    numbers = {"a.n": "1,234.5", "a.m": "5", "a.when": "April 2020", "a.money": "€12.0 million"}
    assert filled(text, numbers, language) == expected


def test_a_number_that_no_chapter_has_is_refused():
    with pytest.raises(KeyError, match=r"a\.other"):
        filled("{a.other}", {"a.n": "1"})


def test_claims_of_a_brief_are_assessed_by_the_rule_of_all():
    assert assessed(["confirmed", "not public"]) == ("some", "agrees")
    assert assessed(["not public"]) == ("nothing", "nothing to show")


def test_marks_are_few_elements_and_one_for_each():
    picture = BeautifulSoup(small.marks([(41, small.AGREES), (2, small.DIFFERS), (3, small.OPEN)], "x"), "html.parser")
    assert len(picture.find_all()) <= 6
    assert sum(path["d"].count("M") for path in picture.select("path")) == 46


def test_a_strip_fills_exactly_the_dots_outside_its_band():
    picture = BeautifulSoup(small.strip([5, 10, 20, 30, 31], 10, 30, ("a", "b"), "x", nl=False), "html.parser")
    assert len(picture.select("circle.subject")) == 2
    assert len(picture.select("circle.hollow")) == 3


@pytest.fixture(scope="module")
def front(book):
    """The three pages, parsed."""
    return {
        name: BeautifulSoup((book / "book" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in PAGES
    }


def said(tags):
    return [" ".join(tag.get_text(" ").split()) for tag in tags]


@pytest.mark.book
def test_the_home_page_asks_answers_and_says_whose_it_is(front):
    page = front["index"]
    assert page.h1.get_text().startswith("Did the Dutch migration partnerships work?")
    table = page.select_one("table.brief")
    rows = table.select("tbody tr")
    assert len(rows) == len(data.load("answers"))
    found = links.followed().of_answers(data.load("answers"))
    for row, shown in zip(rows, found.itertuples(), strict=True):
        assert shown.shows in row.select("td")[1].get_text()
        assert shown.checked in row.select("td")[2].get_text()
    assert not NUMBER.search(re.sub(r"6\.1|20\d\d", "", table.get_text(" ")))  # no count of anything in the table
    assert "not a publication of IOB or of any ministry" in page.select_one(".about").get_text()


@pytest.mark.book
def test_every_row_of_home_stands_in_dutch_with_the_same_numbers(front):
    english, other = front["index"], front["samenvatting"]
    assert other.select_one("article")["lang"] == "nl"
    first = other.select_one("table.brief")
    assert len(first.select("tbody tr")) == len(english.select("table.brief tbody tr"))
    for a, b in zip(english.select("table.brief tbody tr"), first.select("tbody tr"), strict=True):
        assert a.a["href"] == b.a["href"]
    for a, b in zip(english.select(".fact"), other.select(".fact"), strict=True):
        assert numbers(" ".join(said([a])), dutch) == numbers(" ".join(said([b]))), said([a.h3])
    words = home.WORDS["nl"]
    for name in (*words["shown"], *words["amount"]):
        assert not other.find("td", string=re.compile(rf"\b{name}\b")), name
    badges = set(said(other.select(".badge-verdict")))
    assert all(any(badge.endswith(word) for word in words["shown"].values()) for badge in badges), badges


@pytest.mark.book
def test_every_page_leads_to_the_summary_in_dutch(book):
    for file in [*book.glob("book/*.html"), *book.glob("book/chapters/*.html")]:
        page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        found = page.select("footer a[hreflang=nl], header a[hreflang=nl]")
        assert found and (file.parent / found[0]["href"].partition("#")[0] or file).exists(), file.name


@pytest.mark.book
def test_each_recommendation_has_its_place_question_and_reasons(front, book):
    page = front["recommendations"]
    for row in data.load("recommendation_answers").to_dict("records"):
        place = page.find(id=row["recommendation"])
        block = place.find_next("dl", class_="recommendation")
        assert said(block.select(".ask p"))[0] == row["question"]
        assert row["shows"] in " ".join(said(block.select("dd")))
    carried = data.load("links_recommendation_claim")
    assert len(page.select("dl.recommendation a[href^='chapters/']:not([href*=synthesis])")) == len(carried)
    ledger = (book / "book" / "ledger.html").read_text(encoding="utf-8")
    assert "recommendations.html#recommendation-5" in ledger
    synthesis = (book / "book" / "chapters" / "synthesis.html").read_text(encoding="utf-8")
    assert "recommendations.html" in synthesis


@pytest.mark.book
def test_the_evidence_on_campaigns_has_its_limits_beside_it(front):
    evidence = front["recommendations"].select_one(".evidence")
    text = " ".join(said([evidence]))
    for word in ("say of themselves", "weeks or months", "took part", "published more often", "each person reached"):
        assert word in text
    assert evidence.select_one("a[href='chapters/irregular_migration.html#fig-studies']")
    told = [sentence for tag in evidence.select("p, li") for sentence in sentences(tag.get_text())]
    assert all(len(sentence.split()) <= 25 for sentence in told)
