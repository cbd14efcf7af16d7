"""Rules stand once, in code. Every text that repeats one is held to it: if a threshold moves, its words are untrue."""

import re

import pandas as pd
import pytest
from conftest import ROOT

from lib.ledger import assess, claims
from lib.ledger.verdicts import CONFIRMED, DIFFERS, EXCEPTION, MIXED, NOT_PUBLIC, SHOWN, TOO_LITTLE, UNTESTED, VERDICTS
from lib.measures import studies
from lib.prose import COUNTED, PARTS, part
from steps.engine import execute

PLACES = ("book", "notebooks", "lib/synthesis/templates")
# Where a rule stands in prose: its module, its thresholds, the words, and the pages that have them.
SAID = [
    (assess, ["ENOUGH"], lambda: f"little (under {part(assess.ENOUGH)})", ["book/methods.md"]),
    (assess, ["HALF"], lambda: f"some (to {_a(assess.HALF)}), most", ["book/methods.md"]),
    (assess, ["SPEAK"], lambda: f"An exception is one of at least {COUNTED[assess.SPEAK]} that", ["book/methods.md"]),
    (
        assess, ["ENOUGH", "REACH"],
        lambda: f"Too little is under {part(assess.ENOUGH)} of the claims, "
        f"or claims under less than {part(assess.REACH)} of the findings",
        ["book/methods.md"],
    ),
    (
        assess, ["ENOUGH", "REACH"],
        lambda: f"checks reach {part(assess.ENOUGH)} of its reasons, and at least {part(assess.REACH)} of the places",
        ["book/recommendations.md"],
    ),
    (assess, ["ENOUGH"],
        lambda: f"Where under {part(assess.ENOUGH)} of its claims were tested", ["notebooks/synthesis.md"]),
    (claims, ["WITHIN"],
        lambda: f"within {part(float(claims.WITHIN))} the step that the report rounded to", ["book/methods.md"]),
    (
        studies, ["LOW_SHARE"],
        lambda: f"A share against of at most {part(studies.LOW_SHARE)} means", ["book/methods.md"],
    ),
    (
        studies, ["HIGH_SHARE"], lambda: f"At least {part(studies.HIGH_SHARE)} contradict it", ["book/methods.md"],
    ),
    (studies, ["FEWEST"], lambda: f"With fewer than {COUNTED[studies.FEWEST]} votes", ["book/methods.md"]),
    (studies, ["WHOLE_SHARE"],
        lambda: f"the share against is at least {_one(studies.WHOLE_SHARE)}", ["book/methods.md"]),
    (
        studies, ["WHOLE_VOTES"], lambda: f"has at least {COUNTED[studies.WHOLE_VOTES]} votes that are against",
        ["book/methods.md"],
    ),
    (execute, ["SECONDS"], lambda: f"A cell has {COUNTED[execute.SECONDS // 60]} minutes", ["book/code.md"]),
]  # fmt: skip
OTHER = {"ENOUGH": 1 / 3, "HALF": 2 / 3, "REACH": 1 / 3, "SPEAK": 5, "WITHIN": 1 / 4, "LOW_SHARE": 1 / 3,
         "HIGH_SHARE": 2 / 3, "FEWEST": 4, "WHOLE_SHARE": 1 / 3, "WHOLE_VOTES": 2, "SECONDS": 300}  # fmt: skip
CASES = [pytest.param(*case, id=f"{'-'.join(case[1])}-{at}") for at, case in enumerate(SAID)]


def _a(share):
    return "a half" if share == 1 / 2 else part(share)


def _one(share):
    return "one half" if share == 1 / 2 else part(share)


def text(page):
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("module", "thresholds", "words", "pages"), CASES)
def test_a_page_says_the_rule_as_the_code_has_it(module, thresholds, words, pages):
    for page in pages:
        assert words() in text(page), f"{page} says another rule than {module.__name__}.{', '.join(thresholds)}"


@pytest.mark.parametrize(("module", "thresholds", "words", "pages"), CASES)
def test_a_threshold_that_moves_is_noticed_on_every_page(module, thresholds, words, pages, monkeypatch):
    for name in thresholds:
        with monkeypatch.context() as moved:
            moved.setattr(module, name, OTHER[name])
            assert all(words() not in text(page) for page in pages), name


def test_every_place_of_a_rule_on_what_was_checked_is_among_these():
    """A sentence that has a share of claims, reasons or findings in words is one of those above."""
    share = "|".join(PARTS.values())
    rule = re.compile(rf"(?:under|reach|fewer than|less than|at least) (?:{share}) of (?:the|its|them)")
    files = [file for folder in PLACES for file in (ROOT / folder).rglob("*") if file.suffix in {".md", ".html"}]
    allowed = {"book/changes.md"}  # what a rule was when it was changed
    known = [words() for _, _, words, _ in SAID]
    for file in files:
        page = str(file.relative_to(ROOT))
        if page in allowed or "generated" in page or "chapters" in page:
            continue
        for found in rule.findall(text(page)):
            assert any(found in words for words in known), f"{page}: {found}"


def test_the_words_of_the_scales_are_made_from_the_thresholds():
    said = [*assess.MEANING.values(), *assess.SHOWN_MEANS.values()]
    assert assess.MEANING[assess.LITTLE] == f"fewer than {part(assess.ENOUGH)} of them"
    assert assess.SHOWN_MEANS[TOO_LITTLE] == (
        f"under {part(assess.ENOUGH)} of the claims, or under {part(assess.REACH)} of the findings, was reached"
    )
    assert assess.SHOWN_MEANS.keys() == set(SHOWN) and len(said) == len(set(said))
    shown = (ROOT / "lib/synthesis/templates/scales.html").read_text(encoding="utf-8")
    assert not re.search("|".join(PARTS.values()), shown), "the page of the scales takes its words from the code"


def test_what_the_code_decides_moves_with_its_thresholds(monkeypatch):
    three_of_ten = [("states", CONFIRMED)] * 3 + [("states", NOT_PUBLIC)] * 7
    one_of_four = [("states", CONFIRMED)] * 3 + [("states", DIFFERS)]
    assert (assess.checked(3, 10), assess.checked(6, 10)) == (assess.SOME, assess.MOST)
    assert assess.shows(three_of_ten) != TOO_LITTLE and assess.shows(one_of_four) == EXCEPTION
    assert claims.agrees("10", 10.5, "1") and not claims.agrees("10", 10.51, "1")
    frame = pd.DataFrame(
        [("c", finding, f"{finding}-{k}", "states", verdict, "public")
         for finding, verdict in (("a", CONFIRMED), ("b", NOT_PUBLIC)) for k in range(3)],
        columns=["conclusion", "finding", "claim", "role", "verdict", "evidence"],
    )  # fmt: skip
    assert assess.assess(frame, "conclusion", ["c"]).at["c", "shows"] != TOO_LITTLE
    for name, other in (("ENOUGH", 1 / 3), ("HALF", 2 / 3), ("SPEAK", 5), ("REACH", 3 / 4)):
        monkeypatch.setattr(assess, name, other)
    monkeypatch.setattr(claims, "WITHIN", claims.Fraction(1, 4))
    assert (assess.checked(3, 10), assess.checked(6, 10)) == (assess.LITTLE, assess.SOME)
    assert assess.shows(three_of_ten) == TOO_LITTLE and assess.shows(one_of_four) == MIXED
    assert not claims.agrees("10", 10.5, "1")
    assert assess.assess(frame, "conclusion", ["c"]).at["c", "shows"] == TOO_LITTLE


def test_verdicts_stand_in_prose_by_the_words_of_the_code():
    methods = text("book/methods.md")
    assert all(f"**{reason.capitalize()}.**" in methods for reason in UNTESTED)
    assert all(f"*{verdict}*" in methods.lower() for verdict in VERDICTS if verdict not in UNTESTED)
    places = [
        methods.index(f"::mark_{word.replace(' ', '_')}:s`", methods.index("What the checks show")) for word in SHOWN
    ]
    assert places == sorted(places), "in the order of the code"
