"""Footnotes held against a list of references: what is missing, unused, printed differently, out of order."""

from __future__ import annotations

import unicodedata

import pandas as pd

FIELDS = ("year", "title", "document_number", "pages")
PLACE = ["section", "footnote", "key"]


def plain(text: object) -> str:
    """Letters and digits only, in lower case, for comparing what is printed.

    Spaces, dashes and quotation marks vary freely in print, and so does the "TK" before a number of the Dutch
    House of Representatives: "TK 19 637, nr. 2866" and "19637 nr 2866" become the same.
    """
    folded = "".join(sign for sign in str(text).casefold() if sign.isalnum())
    return folded.removeprefix("tk")


def uncited(references: pd.DataFrame, citations: pd.DataFrame) -> pd.DataFrame:
    """Entries of the list (rows of `references`, in_list yes) that no citation refers to.

    Here and below, `references` has one row per work (key, in_list and the columns printed), `citations` one row
    per citation, with the key of its work. Raises `ValueError` for a key that is missing, stands twice among
    the references, or is cited and unknown.
    """
    _check(references, citations)
    return references[_listed(references) & ~references["key"].isin(citations["key"])]


def unlisted(references: pd.DataFrame, citations: pd.DataFrame) -> pd.DataFrame:
    """Citations of works that are not in the list. Raises `ValueError` as `uncited`."""
    _check(references, citations)
    return citations[~citations["key"].isin(references.loc[_listed(references), "key"])]


def disagreements(references: pd.DataFrame, citations: pd.DataFrame) -> pd.DataFrame:
    """What a citation prints otherwise than the list: year, title, document number or range of pages.

    Columns section, footnote, key, what, cited and listed (as printed); compared by `plain`. Short forms are left
    out, and what only one of the two prints is no disagreement: a citation may say less than the list,
    or name a page of a work that is listed without pages. Raises `ValueError` as `uncited`.
    """
    _check(references, citations)
    pairs = citations[citations["short"] != "yes"].merge(
        references[_listed(references)], on="key", suffixes=("_cited", "_listed")
    )
    found = []
    for what in FIELDS:
        both = pairs[[*PLACE, f"{what}_cited", f"{what}_listed"]].dropna(subset=[f"{what}_cited", f"{what}_listed"])
        both = both.set_axis([*PLACE, "cited", "listed"], axis=1).astype({"cited": str, "listed": str})
        differ = both["cited"].map(plain) != both["listed"].map(plain)
        found.append(both[differ].assign(what=what))
    return pd.concat(found, ignore_index=True)[[*PLACE, "what", "cited", "listed"]]


def out_of_order(references: pd.DataFrame) -> pd.DataFrame:
    """The fewest entries to move so that the list runs by first author and, within an author, by year.

    `references` as above, with authors ("Family, I.; Family, I." or a body), year and position in the list. Case
    and accents do not count; an entry without a year comes first of its author. Raises `ValueError` for a
    key that is missing or stands twice, and for a position that does.
    """
    _check_keys(references)
    listed = references[_listed(references)].sort_values("position")
    if listed["position"].isna().any() or listed["position"].duplicated().any():
        raise ValueError("each entry of the list needs a position of its own")
    order = list(zip(listed["authors"].map(_first_author), listed["year"].fillna(0), strict=True))
    runs: list[list[int]] = []  # the longest ordered run that ends with each entry
    for entry, place in enumerate(order):
        before = (run for run in runs if order[run[-1]] <= place)
        runs.append([*max(before, key=len, default=[]), entry])
    kept = set(max(runs, key=len, default=[]))
    return listed.iloc[[entry for entry in range(len(listed)) if entry not in kept]]


def _listed(references: pd.DataFrame) -> pd.Series:
    return references["in_list"] == "yes"


def _first_author(authors: str) -> str:
    spelled = unicodedata.normalize("NFKD", authors.split(";")[0])
    return "".join(sign for sign in spelled if not unicodedata.combining(sign)).casefold()


def _check_keys(references: pd.DataFrame) -> None:
    if references["key"].isna().any():
        raise ValueError("a reference has no key")
    if (twice := references["key"].duplicated()).any():
        raise ValueError(f"key {references.loc[twice, 'key'].iloc[0]!r} stands among the references twice")


def _check(references: pd.DataFrame, citations: pd.DataFrame) -> None:
    _check_keys(references)
    if unknown := sorted(set(citations["key"].fillna("")) - set(references["key"])):
        raise ValueError(f"cited and not among the references: {', '.join(map(repr, unknown))}")
