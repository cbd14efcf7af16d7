"""How long sentences are, and where terms of method stand: known answers."""

import pandas as pd
import pytest

from lib import chapters, data
from lib.data import ROOT
from steps import language

# The texts of tables that stand on pages: every column that ends in _nl, and these.
TEXTS = {
    "claims": ("statement", "note"),
    "assessments": ("why",),
    "report_conclusions": ("conclusion", "short", "summary_says"),
    "briefs_dutch": ("question", "says", "why"),
    "answers": ("question", "says", "why", "reason"),
    "answer_facts": ("title", "text"),
    "coherence_interests": ("what",),
    "cost_benchmarks": ("scope",),
    "efficiency_assumptions": ("reason",),
    "law_conditions": ("report_establishes",),
    "protection_proportions": ("sample",),
    "public_record": ("found", "note"),
    "recommendation_answers": ("why", "question"),
    "relations_events": ("note",),
    "report_glossary": ("definition",),
    "report_limitations": ("limitation",),
    "report_money_pairs": ("why",),
    "studies": ("finding",),
    "tracing_hypotheses": ("statement",),
    "tracing_items": ("statement",),
}
CELLS = [(table, column) for table, columns in TEXTS.items() for column in columns] + [
    (name, field["name"])
    for name, table in data.resources().items()
    for field in table["schema"]["fields"]
    if field["name"].endswith("_nl")
]
# Titles of works, identifiers and what the report leaves unsaid, as a list, are no sentences.
NOT_SENTENCES = {("report_references", "title"), ("report_citations", "title"), ("report_money", "not_stated")}


def further_cells():
    """The other columns of tables in which a cell is as long as a sentence usually is: (table, column)."""
    for table, resource in data.resources().items():
        texts = {field["name"] for field in resource["schema"]["fields"] if field["type"] == "string"} - {"rests_on"}
        head, *rows = data.written(table)
        for place, column in enumerate(head):
            further = column in texts and (table, column) not in {*CELLS, *NOT_SENTENCES}
            if further and any(len(row[place].split()) >= language.AVERAGE for row in rows):
                yield table, column


def described(part):
    """What the data package says of a table and its columns: texts by their key, at any depth."""
    if isinstance(part, list):
        for one in part:
            yield from described(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("title", "description", "processing") and isinstance(value, str):
                yield value
            elif key == "caveats":
                yield from value
            elif key not in ("sources", "licenses"):  # names given by their publishers
                yield from described(value)


PAGE = """---
kernelspec:
  name: python3
---

# Did it work?

Not much, says the report.{claim}`some-claim, other-claim` About {glue:text}`share` of it was
[checked here](x.md). {glue:text}`number` were not, of {glue:text}`all`. No. 5 holds.

```{code-cell} ipython3
# A comment. That has. Many sentences. In it.
placebo = 1
```

- One item, with a placebo.
- Another item; it ends.

| A cell of a table. | Another |
|---|---|

## In depth: how it was tested

The placebo of this section, and the placebo of the next.

### Still inside

Placebo.

## After it

A **bold end.** And a second placebo. *Emphasis ends so.* "Quoted as well." Third.
"""


def said(text):
    return [one.text for one in language.sentences(text)]


def test_sentences_are_those_that_a_reader_reads():
    assert said(PAGE) == [
        "Not much, says the report.", "About 10 of it was checked here.", "10 were not, of 10.", "No. 5 holds.",
        "One item, with a placebo.", "Another item; it ends.", "A cell of a table.", "Another",
        "The placebo of this section, and the placebo of the next.", "Placebo.",
        "A bold end.", "And a second placebo.", "*Emphasis ends so.*", '"Quoted as well."', "Third.",
    ]  # fmt: skip


def test_each_of_two_forms_is_read_by_itself():
    text = "Short.\n\n[A {glue:text}`n` of [these](x.md) is shut.]{.without-panel}[It is yours.]{.with-panel} All.\n"
    assert said(text) == ["Short.", "A 10 of these is shut.", "All."]
    assert said(language.in_form(text, own=True)) == ["Short.", "It is yours.", "All."]
    long = "word " * 25 + "word."
    assert [one[:6] for one in language.complaints("a.md", f"[A.]{{.without-own}}[{long}]{{.with-own}}\n")] == [
        "a.md:1"
    ]


def test_words_are_counted_and_a_number_of_the_chapter_is_one():
    [one] = language.sentences("On {glue:text}`cells_silent` of 36 cells (58%), twenty-one in all, it is silent.\n")
    assert len(one.words) == 12


def test_the_line_of_a_sentence_is_that_of_its_paragraph_and_depth_ends_with_the_next_heading():
    lines = {one.text: (one.line, one.in_depth) for one in language.sentences(PAGE)}
    numbers = PAGE.split("\n")
    assert lines["Placebo."] == (numbers.index("Placebo.") + 1, True)
    assert lines["Third."] == (numbers.index("## After it") + 3, False)


def test_a_long_sentence_is_told_with_its_line_its_length_and_what_to_do():
    long = "word " * 25 + "word."
    [told] = [one for one in language.complaints("a.md", f"Short.\n\n{long}\n") if "average" not in one]
    assert told.startswith("a.md:3: a sentence of 26 words") and "make two of it" in told
    assert language.complaints("a.md", "word " * 14 + "word.\n") == []
    assert (
        "15.5 words a sentence on average"
        in language.complaints("a.md", f"{'word ' * 15}word.\n\n{'word ' * 14}word.")[-1]
    )


def test_a_term_of_method_stands_once_on_the_main_path():
    [told] = language.terms("a.md", PAGE)
    assert "'placebo' stands 2 times" in told and "In depth" in told
    assert language.terms("a.md", PAGE.replace("And a second placebo. ", "")) == []


def test_words_on_the_main_path_and_in_depth():
    path, inside = language.words_of("# One\n\nOne two three.\n\n## In depth: x\n\nFour five.\n\n## Two\n\nSix.\n")
    assert (path, inside) == (4, 2)


def test_a_sentence_may_end_with_the_number_of_a_section_or_a_single_digit():
    assert said("It stands in 3.1.0. The rest is in 5.1. Read as at least 3. No. 5 is in version 1.2 of it.") == [
        "It stands in 3.1.0.", "The rest is in 5.1.", "Read as at least 3.", "No. 5 is in version 1.2 of it.",
    ]  # fmt: skip


def test_a_long_sentence_of_a_text_is_found_and_an_address_is_one_word():
    long = "Word " + "word " * 24 + "word."
    assert [one.text for one in language.too_long(f"Short. {long} Short.")] == [long]
    address = "https://example.org/one-two/three?four=five&six=seven:eight/nine"
    assert language.too_long(f"Word {'word ' * 22}{address} .") == []
    assert language.too_long(f"Word {'word ' * 24}{address} .")


@pytest.mark.parametrize(("table", "column"), [*CELLS, *further_cells()])
def test_no_sentence_of_a_table_is_too_long(table, column):
    assert language.sentences(" ".join(data.load(table)[column].dropna())), "a column of texts holds sentences"
    assert language.long_cells(table, column) == []


def test_a_long_sentence_of_a_table_is_told_with_its_row(monkeypatch):
    long = "Word " * 25 + "word."
    rows = pd.DataFrame({"id": ["a", "b", "c"], "why": ["Short. Word " + "word " * 23 + "word.", long, None]})
    monkeypatch.setattr(data, "load", lambda name: rows)
    [told] = language.long_cells("assessments", "why")
    assert told.startswith("assessments.csv, why of b: a sentence of 26 words")


SUPPLEMENTS = {name for names in chapters.supplements().values() for name in names}
WRITTEN = sorted([*(ROOT / "notebooks").glob("*.md"), *(ROOT / "book").glob("*.md")])


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.stem)
def test_the_texts_of_the_book_can_be_read(file):
    text = file.read_text(encoding="utf-8")
    assert language.complaints(file.name, text) == []
    if file.stem not in SUPPLEMENTS:  # a page on method, beneath its chapter: all of it is in depth
        assert language.terms(file.name, text) == []


def test_the_reasons_of_assessments_are_short_on_average():
    lengths = [len(one.words) for why in data.load("assessments")["why"] for one in language.sentences(why)]
    assert sum(lengths) / len(lengths) <= language.AVERAGE


@pytest.mark.parametrize("table", data.resources())
def test_descriptions_of_tables_have_no_long_sentence(table):
    texts = list(described(data.resource(table)))
    assert len(texts) > 2, "a title, a description and fields"
    assert [one.text for text in texts for one in language.too_long(text)] == []
