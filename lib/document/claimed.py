"""What the ledger's claims on the report as a document find: one value for each, from the report's own tables."""

from __future__ import annotations

from lib.document import audit, citations
from lib.document.slips import PICTURES, Document

# Claims that a reference leads to its subject, by the id of the reference.
LEADS = {
    "glossary-place": "whole-of-government-glossary",
    "little-support-place": "little-support",
    "western-sahara-place": "western-sahara",
    "unsafe-returns-place": "turkiye-unsafe-returns",
    "tunisia-sensitive-place": "tunisia-sensitive-activities",
    "matrix-other-policy": "matrix-6",
    "matrix-gender-needs": "matrix-1b-gender",
    "matrix-gender-protection": "matrix-9c-gender",
    "matrix-mandates": "matrix-8-mandates",
}
# Claims that another place bears out: a quantity, a section and perhaps a footnote.
STATED = {
    "matrix-complete": ("sub-questions", "box 1"),
    "recommendations": ("recommendations", "6.3"),
    "interviews": ("interviews", "1.4"),
    "literature-studies": ("literature-studies", "1.4"),
    "rapid-literature-studies": ("rapid-literature-studies", "1.4", 4),
    "case-countries": ("case-countries", "summary"),
    "policy-aims": ("policy-aims", "2.3"),
    "campaign-intentions": ("campaign-effect-on-intentions", "3.3.3"),
    "compass-irregular": ("compass-irregular-examined", "3.3.3"),
    "data-end": ("data-last-year", "3.3.2", 62),
}
# Claims that two places, each a section and perhaps a footnote, give the same for a quantity.
SAME = {
    "whole-of-government-wording": ("whole-of-government-excludes", ("2.3", 31), ("annex 1",)),
    "iraq-meeting-level": ("iraq-yearly-level", ("3.1.1",), ("3.1.2",)),
    "joint-letter-sender": ("joint-letter-sender", ("2.2",), ("2.2", 29)),
    "directorate-name": ("migration-directorate-name", ("annex 3",), ("2.4",)),
}
MOROCCO = ["tweedekamer2023c", "tweedekamer2023d"]  # the papers whose titles footnote 50 and the list give


def claims(report: Document) -> dict[str, object]:
    """What each claim on the document finds, by its id in the ledger."""
    stated = lambda quantity, place: audit.stated(report.repeats, quantity, *place)  # noqa: E731
    lost = report.misplaced
    works = report.works.set_index("key")
    in_50 = report.cites[report.cites["footnote"] == 50].set_index("key")["title"]
    ibid = report.cites.loc[report.cites["footnote"] == 108, "key"].iloc[
        0
    ]  # its sentence is on the Dutch return service
    of_places = (
        {claim: reference not in set(lost["id"]) for claim, reference in LEADS.items()}
        | {claim: stated(quantity, place) for claim, (quantity, *place) in STATED.items()}
        | {claim: stated(what, one) == stated(what, other) for claim, (what, one, other) in SAME.items()}
        | {"figures-exist": not lost["refers_to_part"].isin(PICTURES).any()}
    )
    return {f"coherence-audit-{claim}": value for claim, value in of_places.items()} | {
        "coherence-reference-omct-year": int(works.at["omct2025", "year"]),
        "coherence-reference-eu-turkiye-year": int(works.at["europeesparlement2026", "year"]),
        "coherence-reference-morocco-number": all(
            citations.plain(works.at[key, "title"]) == citations.plain(in_50[key]) for key in MOROCCO
        ),
        "coherence-reference-ibid": bool(works.at[ibid, "authors"] == works.at["dtenv2022", "authors"]),
    }
