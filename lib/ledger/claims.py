"""The ledger of claims: what the report states, what the data say, and the verdict between them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import pandas as pd

from lib import data, disclosure
from lib.ledger import record
from lib.ledger.brief import Answer
from lib.ledger.statement import BOUNDS, DATE_FORMATS, Claim, is_number, written
from lib.ledger.verdicts import CONFIRMED, DIFFERS, UNTESTED, Result, Summary, Verdicts
from lib.ledger.votes import Counted
from lib.parameters import released

TESTABLE = ("public", "studies", "document", "arithmetic")
READ = 4  # significant digits of a fraction that is computed for a claim in words
WITHIN = Fraction(1, 2)  # of the step that the report rounded to: as far off as a computed number may lie
MOST_DIGITS = 12  # decimals of a computed number, where fewer would tell another verdict
MEASURED = re.compile(r"\bper\b|^(days|weeks|months|years)\b")  # units whose numbers need not be whole


class ClaimError(AssertionError):
    """A verdict other than the expected one, or a claim tested twice, never, or not as its row says."""


def agrees(stated: str, computed: float, precision: str) -> bool:
    """Whether a computed number is what the report states, given how the report rounded.

    `precision` is a bound (`>`, `>=`, `<`, `<=`), or the step p that the report rounded to: then the
    computed number agrees when rounding it to a multiple of p, halves either way, can give the stated one.
    The arithmetic is exact; only the binary noise of a float (a part in 10^12) is forgiven.
    """
    target, value = Fraction(stated), Fraction(str(float(computed)))
    noise = abs(value) / 10**12
    if precision in BOUNDS:
        equal = abs(value - target) <= noise
        return "=" in precision if equal else BOUNDS[precision](value, target)
    return abs(value - target) <= WITHIN * (Fraction(precision) + noise)


def verdict(claim: Claim, computed: object = None, held: bool = False) -> str:
    """The verdict on one claim: confirmed, differs, or the row's reason why it is not tested (one of `UNTESTED`).

    A claim whose evidence is public, studies, arithmetic or a document needs a computed value; one whose evidence is
    reported, literature or restricted must not have one. Published studies give a count of their votes
    (`lib.ledger.votes.Counted`), which has its verdict, or a word that is compared like any other. `held` says that
    the restricted data are at hand: then a claim that needs them is tested like any other, or not, if even they give no
    value. Raises `ClaimError` otherwise. Dates are compared as far as the row's precision goes; words (`rise`,
    `fall`, `none`, `yes`, `no`; booleans are yes and no) as they are.
    """
    if held and claim.evidence == "restricted":
        if computed is None or pd.isna(computed):
            return claim.expect
    elif claim.evidence not in TESTABLE:
        if computed is not None:
            raise ClaimError(
                f"{claim.id}: a value was computed ({computed}), but the ledger says its evidence is "
                f"{claim.evidence}; change the row or drop the test"
            )
        if claim.expect not in UNTESTED:
            raise ClaimError(
                f"{claim.id}: evidence is {claim.evidence}, which nothing here tests, but the row expects "
                f"{claim.expect!r}; write why it is not tested: {', '.join(UNTESTED)}"
            )
        return claim.expect
    if computed is None or pd.isna(computed):
        raise ClaimError(f"{claim.id}: evidence is {claim.evidence}, but nothing was computed for it")
    if isinstance(computed, Counted):
        if claim.evidence != "studies":
            raise ClaimError(f"{claim.id}: studies were counted, but the ledger says its evidence is {claim.evidence}")
        return computed.verdict
    if is_number(claim.precision) or claim.precision in BOUNDS:
        if not (isinstance(computed, Real) and math.isfinite(computed)):
            raise ClaimError(f"{claim.id}: a number is needed to test it, not {computed!r}")
        return CONFIRMED if agrees(claim.value, computed, claim.precision) else DIFFERS
    return CONFIRMED if _word(computed, claim.precision) == claim.value else DIFFERS


def _documented(value: str, claim: Claim | None) -> object:
    """A value of the public record in the type in which the claim is tested."""
    numeric = claim is not None and (is_number(claim.precision) or claim.precision in BOUNDS)
    return float(value) if numeric else value


def _word(computed: object, precision: str) -> str:
    if precision == "year" and isinstance(computed, Integral):
        return str(computed)
    if precision in DATE_FORMATS:
        stamp = computed.to_timestamp() if isinstance(computed, pd.Period) else pd.Timestamp(computed)
        return stamp.strftime(DATE_FORMATS[precision])
    if isinstance(computed, bool | np.bool_):
        return "yes" if computed else "no"
    return str(computed)


def shown(claim: Claim, value: object) -> str:
    """A computed value as a reader needs it: one digit more than the report rounded to, and counts whole.

    A bound is taken as rounded to the last digit of the number it has. More digits stand only where the number with
    fewer would have another verdict than the one computed. Dates and words stay what they are.
    """
    bound = claim.precision in BOUNDS
    if not (isinstance(value, Real) and (bound or is_number(claim.precision))):
        return written(_word(value, claim.precision), claim.precision, READ)
    number, counted = float(value), claim.kind == "count" and not MEASURED.search(claim.unit)
    if number.is_integer() and claim.kind == "count":
        return f"{number:,.0f}"
    last = len(claim.value.partition(".")[2]) if bound else -math.floor(math.log10(float(claim.precision)))
    decimals = min(last + 1, 0 if counted else MOST_DIGITS)
    true = agrees(claim.value, number, claim.precision)
    while agrees(claim.value, round(number, decimals), claim.precision) != true and decimals < MOST_DIGITS:
        decimals += 1
    rounded = round(number, decimals)
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.{decimals}f}"


def coarse(claim: Claim, value: object) -> str:
    """A computed value in a form for others: a count of people or papers to the nearest ten, the rest as `shown`.

    The verdict is that of the exact value.
    """
    if claim.kind != "count" or not isinstance(value, Real) or MEASURED.search(claim.unit):
        return shown(claim, value)
    return disclosure.coarse(value)


def _empty(column: str) -> str | None:
    return None if column == "footnote" else ""


def read_ledger(chapter: str | None = None) -> dict[str, Claim]:
    """The claims of a chapter by id, or of all chapters, from the validated table `claims`."""
    return _claims(data.load("claims") if chapter is None else data.load_rows("claims", "chapter", chapter))


def read_claim(id: str) -> Claim:
    """One claim, of whatever chapter. Raises `ClaimError` when the ledger has none of this id."""
    found = _claims(data.load_rows("claims", "id", id))
    if id not in found:
        raise ClaimError(f"no claim {id!r} in the ledger")
    return found[id]


def _claims(rows: pd.DataFrame) -> dict[str, Claim]:
    return {
        row["id"]: Claim(**{name: _empty(name) if pd.isna(cell) else cell for name, cell in row.items()})
        for row in rows.astype(object).to_dict("records")
    }


@dataclass
class Ledger:
    """The claims of one chapter while it is being tested, each exactly once.

    `enforce=False` is for a chapter rerun on a reader's own data: verdicts are shown, none stops the run.
    `held=True` says that these are the restricted data that some claims need; `own` are the sources that the reader
    gave (`lib.parameters.given`), which the results record.
    """

    chapter: str
    enforce: bool = True
    held: bool = False
    own: dict[str, str] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claims = read_ledger(self.chapter)
        if not self.claims:
            raise ClaimError(f"{self.chapter}: the ledger has no claims of this chapter")

    def check(self, computed: dict[str, object]) -> Verdicts:
        """Test claims against computed values (`{id: value}`); shows the verdicts beside the text."""
        return Verdicts([self._record(id, value) for id, value in computed.items()])

    def check_documents(self, *ids: str) -> Verdicts:
        """Test claims against the public record: what documents have, from the table `public_record`.

        The first row of a claim decides; where another source would give another verdict, the newest has to stand
        first, and the reader is told (`lib.ledger.record.otherwise`). Raises `ClaimError` for a claim that the record
        does not have, whose evidence is no document, or whose sources conflict in another order.
        """
        found = [self._of_record(id) for id in ids]
        return Verdicts([self._record(id, value, said) for id, (value, said) in zip(ids, found, strict=True)])

    def _of_record(self, id: str) -> tuple[object, str]:
        """What the public record has for a claim, and what its other sources say where they conflict with that."""
        rows = data.load_rows("public_record", "claim", id)  # another chapter's row is none that this one has used
        claim = self.claims.get(id)
        if rows.empty or (claim and claim.evidence != "document"):
            raise ClaimError(f"{self.chapter}: {id} has no row in public_record, or its evidence is no document")
        values = [_documented(value, claim) for value in rows["value"]]
        if claim is None or len(values) == 1:
            return values[0], ""
        try:
            return values[0], record.otherwise(rows, [verdict(claim, value) for value in values])
        except ValueError as problem:
            raise ClaimError(f"{self.chapter}: {problem}; newest first") from problem

    def untested(self, *ids: str) -> Verdicts:
        """Enter claims that nothing here tests; their rows say why.

        An id that ends in `*` stands for all that begin so, cannot be tested and were not entered before; raises
        `ClaimError` when it stands for none.
        """
        return Verdicts([self._record(id, None) for one in ids for id in self._beginning(one)])

    def _beginning(self, id: str) -> list[str]:
        if not id.endswith("*"):
            return [id]
        closed = (one for one, claim in self.claims.items() if claim.evidence not in TESTABLE)
        found = [one for one in closed if one.startswith(id[:-1]) and one not in self.results]
        if not found:
            raise ClaimError(f"{self.chapter}: no claim that cannot be tested, and was not entered, begins as {id}")
        return found

    def check_restricted(self, computed: dict[str, object]) -> Verdicts:
        """Test claims on restricted data where the reader holds them; otherwise enter them as untested.

        A missing value says that these data cannot tell either, for instance on a country that is not among them.
        """
        return Verdicts([self._record(id, value if self.held else None) for id, value in computed.items()])

    def _record(self, id: str, value: object, otherwise: str = "") -> Result:
        if id not in self.claims:
            raise ClaimError(f"{self.chapter}: no claim {id!r} of this chapter in the ledger")
        if id in self.results:
            raise ClaimError(f"{self.chapter}: claim {id} is tested twice")
        claim = self.claims[id]
        told = not (value is None or pd.isna(value))
        found = verdict(claim, value, self.held)
        said = coarse if told and claim.evidence == "restricted" and released() else shown
        result = Result(claim, said(claim, value) if told else None, found, otherwise)
        if self.enforce and result.verdict != claim.expect:
            raise ClaimError(
                f"{self.chapter}: {id}: verdict {result.verdict}, expected {claim.expect}: "
                f"the report states {claim.stated}, computed {result.computed}"
            )
        self.results[id] = result
        return result

    def answer(self, question: str, report: str, here: str, *ids: str) -> Answer:
        """One row of the chapter in brief, over claims that are all tested by then.

        `report` is what the report says, `here` what this book finds, in a sentence or two each. Raises `ClaimError`
        for a remark of ours: an answer is about what the report says.
        """
        results = tuple(self.results[id] for id in ids)
        if remarks := [result.claim.id for result in results if result.ours]:
            raise ClaimError(f"{self.chapter}: {remarks[0]} is a remark of ours and stands for no answer")
        return Answer(question, report, here, results)

    def finish(self) -> Summary:
        """The table of verdicts that ends a chapter. Raises `ClaimError` if a claim was never tested."""
        missing = self.claims.keys() - self.results.keys()
        if missing:
            raise ClaimError(f"{self.chapter}: never tested: {', '.join(sorted(missing))}")
        return Summary(self.chapter, tuple(self.results.values()), self.own)
