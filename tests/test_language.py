"""How long sentences are, and where terms of method stand: known answers."""

import pandas as pd
import pytest

from lib import data
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


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_no_sentence_of_a_table_is_too_long(table, column):
    assert language.sentences(" ".join(data.load(table)[column].dropna())), "a column of texts holds sentences"
    assert language.long_cells(table, column) == []


def test_a_long_sentence_of_a_table_is_told_with_its_row(monkeypatch):
    long = "Word " * 25 + "word."
    rows = pd.DataFrame({"id": ["a", "b", "c"], "why": ["Short. Word " + "word " * 23 + "word.", long, None]})
    monkeypatch.setattr(data, "load", lambda name: rows)
    [told] = language.long_cells("assessments", "why")
    assert told.startswith("assessments.csv, why of b: a sentence of 26 words")


WRITTEN = sorted([*(ROOT / "notebooks").glob("*.md"), *(ROOT / "book").glob("*.md")])


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.stem)
def test_the_texts_of_the_book_can_be_read(file):
    text = file.read_text(encoding="utf-8")
    assert language.complaints(file.name, text) + language.terms(file.name, text) == []
