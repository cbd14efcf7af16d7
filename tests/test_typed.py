"""No typed results: numbers in the text of chapters, in titles, alt texts and answers in brief come from code.

`tests/typed.csv` has the exceptions and says why they may stand.
"""

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(file.stem for file in (ROOT / "notebooks").glob("*.md"))
with (ROOT / "tests" / "typed.csv").open(encoding="utf-8", newline="") as file:
    EXCEPTIONS = list(csv.DictReader(file))

with (ROOT / "data" / "report_sections.csv").open(encoding="utf-8", newline="") as file:
    SECTIONS = [row["number"] for row in csv.DictReader(file) if re.fullmatch(r"\d(\.\d)+", row["number"])]

WORDS = (
    "(?:one|nine|nineteen) in (?:two|three|four|five|ten|twenty)|"
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|dozen|"
    "half|halves|thirds?|quarters?|fifths?|tenths?|twentieths?|twice|doubl(?:e|ed|es|ing)|trebl(?:e|ed|es|ing)"
)
ORDER = "ranks? first|ranks? last|the (?:largest|smallest|highest|lowest) (?:of|in)|hardly (?:grew|fell|rose)"
NUMBER = r"(?<![\w.])\d[\d.,]*\d%?|(?<![\w.])\d%?(?!\w)"
RESULT = re.compile(rf"{NUMBER}|\b(?:{WORDS}|{ORDER})\b", re.IGNORECASE)
PLACE = r"\d+(?:\.\d+)*[a-z]?"
NO_RESULT = [
    # front matter, code, maths, anchors, headings
    r"^---\n.*?\n---\n", r"```.*?\n```", r"\$\$.*?\$\$", r"^\(\S+\)=$", r"^#[^\n]*$",
    r"\{glue:text\}`[^`]*`", r"\{cite\w*\}`[^`]*`", r"`[^`]*`", r"\]\([^)]*\)", r"\$[^$\n]*\$",
    r"^\d+\. ",  # of a list
    rf"(?i)\b(?:sections?|footnotes?|figures?|tables?|box|annex(?:es)?|articles?|chapters?|conclusions?|"
    rf"recommendations?|questions?|§)\s*{PLACE}(?:(?:,| and| to| or|–)+\s*{PLACE})*",
    rf"\b(?:{'|'.join(map(re.escape, sorted(SECTIONS, reverse=True)))})\b(?![\d%])",  # a section by its number alone
    r"\b(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?\b",  # years name periods
]  # fmt: skip


def found(text):
    """The numbers, number words and claims of order in a text, each with the words around it."""
    for pattern in NO_RESULT:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE | re.DOTALL)
    text = " ".join(text.split())
    return [(match[0], text[max(0, match.start() - 40) : match.end() + 30]) for match in RESULT.finditer(text)]


def shown(code):
    """The fixed words of the titles and alt texts of figures and of answers in brief in a cell's code."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and (name := getattr(call.func, "attr", "")) in ("figure", "answer"):
            named = [keyword.value for keyword in call.keywords if keyword.arg in ("title", "description")]
            for value in named if name == "figure" else call.args[:3]:
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def typed(chapter):
    """Everything typed in a chapter, with the words around it."""
    text = (ROOT / "notebooks" / f"{chapter}.md").read_text(encoding="utf-8")
    cells = re.findall(r"```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)*)(.*?)\n```", text, re.DOTALL)
    return [around for one in (text, *(part for code in cells for part in shown(code))) for _, around in found(one)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose by {glue:text}`rise` in 2023 (section 3.2.2, footnote 44).", []),
        ("Sections 3.1.1 and 6.2, and 3.4.4, say so.", []),
        ("It rose by 3.7 and 7.2%.", ["3.7", "7.2%"]),
        ("Nine in ten returned, 523 people, more than doubled.", ["Nine in ten", "523", "doubled"]),
        ("Two thirds of 12% and 1,000.", ["Two", "thirds", "12%", "1,000"]),
        ("In raw levels it ranks first.", ["ranks first"]),
        ("# Three things\n\n```{code-cell}\nx = 3\n```\n\n$$ 3 $$", []),
    ],
)
def test_what_counts_as_typed(text, expected):
    assert [one for one, _ in found(text)] == expected


def test_titles_alt_texts_and_answers_are_read_and_what_code_puts_into_them_is_not():
    code = 'charts.figure(draw, title=f"{n} of five", description="Two lines")\n'
    code += 'ledger.answer("Is it 7?", "No.", "Two.", "id")'
    assert list(shown(code)) == [" of five", "Two lines", "Is it 7?", "No.", "Two."]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_result_is_typed(chapter):
    allowed = [row["words"] for row in EXCEPTIONS if row["chapter"] == chapter]
    results = [around for around in typed(chapter) if not any(words in around for words in allowed)]
    assert not results, "glue these from code, or say in tests/typed.csv why they may stand"


@pytest.mark.parametrize("row", EXCEPTIONS, ids=lambda row: row["words"])
def test_every_exception_is_still_needed_and_says_why(row):
    assert any(row["words"] in around for around in typed(row["chapter"]))
    assert row["why"]
