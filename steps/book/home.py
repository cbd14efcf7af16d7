"""The front of the book: the home page, its Dutch counterpart with the chapters in brief, and the recommendations."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from lib import data
from lib.chapters import SYNTHESIS
from lib.ledger import assess
from lib.ledger.verdicts import CONFIRMED, CONTESTED, DIFFERS, UNTESTED, badge
from lib.measures import flows
from lib.prose import number
from lib.synthesis import dossier
from lib.synthesis.answers import assessed, dutch, filled, pairs
from steps.book import small
from steps.book.links import TRAIL
from steps.book.pages import ENVIRONMENT, TITLES
from steps.book.text import myst, raw

GLUED = "application/papermill.record/"
NOT_HERE = "*Not in this preview.*\n"
CAMPAIGNS = "recommendation-5a"
WINDOW = slice("2018-01", "2025-12")
WORDS = {
    "en": {
        "lead": (
            "Very little, says the foreign ministry's evaluation service: a limited rise in forced return to Morocco, "
            "no effect shown on irregular migration, little protection gained."
        ),
        "checked_lead": (
            "What was checked mostly agrees, with exceptions; most was not checked, mainly because interviews, "
            "surveys and return data are not public."
        ),
        "about": (
            "This book re-tests <em>Op zoek naar grip</em> (IOB, June 2026), on the partnerships with Egypt, Iraq, "
            "Morocco, Nigeria, Tunisia and Türkiye."
        ),
        "independent": "It is independent: not a publication of IOB or of any ministry.",
        "caption": "What people ask, and what stands behind the answers",
        "columns": ("Question", "The report says", "What checking shows", "How much was checked"),
        "scales": (
            "These are two separate scales. Little checked is no mark against the report: often nobody outside can "
            'check more. <a href="methods.html#what-bears-on-a-finding">How this is decided</a>.'
        ),
        "facts": "Before you quote the report",
        "marks": "Each statement of the report, as one mark",
        "marks_said": (
            "A year in a footnote counts as much as an effect here. What weighs most stands in the table above. "
            '<a href="ledger.html">All statements</a>.'
        ),
        "kinds": {
            small.AGREES: "agree", small.PART: "on which studies disagree", small.DIFFERS: "differ",
            small.OPEN: "not checked",
        },
        "one": {small.AGREES: "agrees", small.DIFFERS: "differs"},
        "chapters": TITLES,
        "shown": {}, "amount": {},
        "for": "statements",
    },
    "nl": {
        "lead": (
            "Zeer weinig, zegt de evaluatiedienst van Buitenlandse Zaken: iets meer gedwongen terugkeer naar Marokko, "
            "geen aangetoond effect op irreguliere migratie, weinig bescherming bereikt."
        ),
        "checked_lead": (
            "Wat is nagegaan, klopt meestal, met uitzonderingen; het meeste is niet nagegaan, vooral omdat interviews, "
            "enquêtes en terugkeercijfers niet openbaar zijn."
        ),
        "about": (
            "Dit boek toetst <em>Op zoek naar grip</em> (IOB, juni 2026), over de partnerschappen met Egypte, Irak, "
            "Marokko, Nigeria, Tunesië en Turkije."
        ),
        "independent": (
            "Het is onafhankelijk: geen uitgave van IOB of van een ministerie. De rest van het boek is Engels."
        ),
        "caption": "Wat mensen vragen, en wat achter de antwoorden staat",
        "columns": ("Vraag", "Het rapport zegt", "Wat controle laat zien", "Hoeveel is nagegaan"),
        "scales": (
            "Dit zijn twee aparte schalen. Weinig nagegaan is geen minpunt voor het rapport: vaak kan niemand van "
            'buiten meer nagaan. <a href="methods.html#what-bears-on-a-finding" hreflang="en">Hoe dit is bepaald</a> '
            "(Engels)."
        ),
        "facts": "Voordat u het rapport aanhaalt",
        "briefs": "De hoofdstukken in het kort",
        "chapters": {
            "relations": "Relaties", "return": "Terugkeer", "irregular_migration": "Irreguliere migratie",
            "protection": "Bescherming", "coherence": "Samenhang", "efficiency": "Doelmatigheid",
            "synthesis": "Alles bij elkaar",
        },
        "shown": {
            "agrees": "klopt", "agrees with an exception": "klopt, op één uitzondering na", "mixed": "klopt ten dele",
            "differs": "klopt niet", "too little checked": "te weinig nagegaan", "nothing to show": "niet na te gaan",
        },
        "amount": {"nothing": "niets", "little": "weinig", "some": "een deel", "most": "het meeste"},
        "whole": "Het hele hoofdstuk, in het Engels",
        "recommended": "De aanbevelingen, met vragen in het Nederlands",
    },
}  # fmt: skip
DOORS = {
    "Members of parliament": [
        ("recommendations.html#recommendation-5a", "Should information campaigns stop? (5a)"),
        ("recommendations.html", "Each recommendation, with a question to ask"),
        ("chapters/synthesis.html#what-remains-closed-and-what-would-open-it", "What the minister could publish"),
    ],
    "Journalists": [
        ("chapters/synthesis.html#every-discrepancy-by-how-much-hangs-on-it", "What differs, by how much hangs on it"),
        ("chapters/irregular_migration.html#fig-eu-detections", "A figure with its data: crossings a month"),
        ("cite.html", "How to cite, and whom to credit"),
    ],
    "Researchers": [
        ("chapters/return.html#fig-table-1", "The report's table of effects on return, and its certainty"),
        ("own_data.html", "Run a chapter on your own data"),
        ("data.html", "All tables, with sources and licences"),
    ],
}


@dataclass(frozen=True)
class Front:
    """What the pages are made of: the trail with its verdicts, and the numbers that the chapters glue."""

    found: dossier.Trail
    numbers: Mapping[str, str]

    def whole(self, number: str) -> int:
        """A number of the chapters without a fraction."""
        return int(self.numbers[number].replace(",", ""))


def glued(folder: Path, chapters: list[str]) -> dict[str, str]:
    """The numbers and words that executed chapters hand to their text, as "chapter.name"."""
    numbers = {}
    for chapter in chapters:
        notebook = json.loads((folder / f"{chapter}.ipynb").read_text(encoding="utf-8"))
        for out in (out for cell in notebook["cells"] for out in cell.get("outputs", [])):
            name = out.get("metadata", {}).get("scrapbook", {}).get("name", "").removeprefix(GLUED)
            written = out.get("data", {}).get(f"{GLUED}text/plain", "")
            if name and written[:1] in ("'", '"'):
                numbers[f"{chapter}.{name}"] = ast.literal_eval(written)
    return numbers


def pages(claims: pd.DataFrame, executed: Path, chapters: list[str]) -> dict[str, str]:
    """The text of the three pages as MyST, by name, or a gap where a chapter is missing.

    `claims` is `lib.ledger.results.claims`.
    """
    names = ("home", "samenvatting", "recommendations")
    if set(WORDS["nl"]["chapters"]) - {SYNTHESIS, *chapters}:
        return dict.fromkeys(names, NOT_HERE)
    found = dossier.Trail(claims=claims, **{name: data.load(table) for name, table in TRAIL.items()})
    front = Front(found, glued(executed, chapters))
    return dict(zip(names, (home(front, "en"), home(front, "nl"), recommendations(front)), strict=True))


def home(front: Front, language: str) -> str:
    """The home page in English, or in Dutch with the chapters in brief."""
    words = WORDS[language]
    values = {
        "words": words, "lang": language, "rows": _answers(front, language), "facts": _facts(front, language),
        "sign": lambda shows: _sign(shows, words["shown"]),
        "amount": lambda checked: _amount(checked, words["amount"]),
    }  # fmt: skip
    more = {"briefs": _briefs(front)} if language == "nl" else {"doors": DOORS, "marks": _marks(front)}
    return raw(ENVIRONMENT.get_template("home.html").render(**values, **more))


def _own(row: Mapping, language: str) -> dict:
    """A row with its columns of one language under the plain names."""
    end = "_nl" if language == "nl" else ""
    return {name: row.get(name + end, text) for name, text in row.items()}


def _answers(front: Front, language: str) -> list[dict]:
    table = data.load("answers")
    shown = front.found.of_answers(table)[["checked", "shows", "own"]]
    rows = [_own(row, language) for row in table.drop(columns="shows").join(shown, on="answer").to_dict("records")]
    on_file = [assess.on_own_file(row, dutch=language == "nl") for row in rows]
    return [row | ({"why": said, "reason": ""} if said else {}) for row, said in zip(rows, on_file, strict=True)]


def _facts(front: Front, language: str) -> list[dict]:
    rows = [_own(row, language) for row in data.load("answer_facts").to_dict("records")]
    for row in rows:
        row |= {name: filled(row[name], front.numbers, language) for name in ("title", "text")}
        row["picture"] = Markup(PICTURES[row["fact"]](front, language))
    return rows


def _briefs(front: Front) -> list[tuple[str, list[dict]]]:
    """The chapters in brief by the claims of each row, and the last chapter by the report's conclusions."""
    verdicts = front.found.claims.set_index("id")["verdict"]
    conclusions = front.found.of_conclusions()[["checked", "shows"]]
    parts: dict[str, list[dict]] = {chapter: [] for chapter in WORDS["nl"]["chapters"]}
    for row in data.load("briefs_dutch").to_dict("records"):
        ids = [id for id, _ in pairs(row["rests_on"])]
        checked, shows = conclusions.loc[ids[0]] if ids[0] in conclusions.index else assessed([*verdicts[ids]])
        said = {name: filled(row[name], front.numbers, "nl") for name in ("question", "says", "why")}
        parts[row["chapter"]].append(said | {"checked": checked, "shows": shows})
    return list(parts.items())


def _sign(shows: str, words: Mapping[str, str]) -> Markup:
    """What checks show as sign and word, in the words of a language."""
    return Markup(badge(shows).replace(f"{shows}</", f"{words.get(shows, shows)}</"))


def _amount(checked: str, words: Mapping[str, str]) -> Markup:
    """How much was checked as sign and word."""
    sign = f'<span class="amount" aria-hidden="true">{assess.SIGNS[checked]}</span>'
    return Markup(f"{sign} <strong>{words.get(checked, checked)}</strong>")


def _marks(front: Front) -> list[dict]:
    """Each chapter's statements as marks: confirmed, studies disagree, differs, not checked."""
    shapes = {CONFIRMED: small.AGREES, CONTESTED: small.PART, DIFFERS: small.DIFFERS}
    rows, kinds = [], WORDS["en"]["kinds"]
    for chapter, title in TITLES.items():
        verdicts = front.found.claims.loc[front.found.claims["chapter"] == chapter, "verdict"]
        counts = Counter(shapes.get(verdict, small.OPEN) for verdict in verdicts)
        words = kinds | {kind: word for kind, word in WORDS["en"]["one"].items() if counts[kind] == 1}
        said = ", ".join(f"{counts[kind]} {word}" for kind, word in words.items() if counts[kind])
        picture = small.marks([(counts[kind], kind) for kind in kinds], f"{title}: {said}")
        rows.append({"chapter": chapter, "title": title, "said": said, "picture": Markup(picture)})
    return rows


def _limited(_: Front, language: str) -> str:
    ends, very, mild, where, label = {
        "en": (
            ("nothing", "much"), "very limited", "limited", ("section 6.1", "summary"),
            "Two words on a line from nothing to much: very limited (section 6.1), then limited (summary).",
        ),
        "nl": (
            ("niets", "veel"), "zeer beperkt", "beperkt", ("paragraaf 6.1", "samenvatting"),
            "Twee woorden op een lijn van niets naar veel: zeer beperkt (paragraaf 6.1), dan beperkt (samenvatting).",
        ),
    }[language]  # fmt: skip
    return small.between(ends, [(0.2, very, where[0]), (0.62, mild, where[1])], label)


def _morocco(front: Front, language: str) -> str:
    rows = {
        "en": ("Morocco: the estimated effect, a year", "To all countries of origin, {return.closed_year}"),
        "nl": ("Marokko: geschat effect, per jaar", "Naar alle landen van herkomst, {return.closed_year}"),
    }[language]
    return _bars(front, language, rows, (front.whole("return.estimated"), front.whole("return.all_origins")))


def _tunisia(front: Front, language: str) -> str:
    rows = {
        "en": ("Fewer from Tunisia, 2023 to 2025", "More from Libya"),
        "nl": ("Minder uit Tunesië, 2023 tot 2025", "Meer uit Libië"),
    }[language]
    rise = front.whole("irregular_migration.libya_2025") - front.whole("irregular_migration.libya_2023")
    return _bars(front, language, rows, (front.whole("irregular_migration.tunisia_fall"), rise))


def _bars(front: Front, language: str, rows: tuple[str, ...], lengths: tuple[int, ...]) -> str:
    said = [dutch(number(length)) if language == "nl" else number(length) for length in lengths]
    names = [filled(row, front.numbers, language) for row in rows]
    label = "; ".join(f"{name}: {length}" for name, length in zip(names, said, strict=True)) + "."
    return small.bars(list(zip(names, lengths, said, strict=True)), label)


def _campaigns(front: Front, language: str) -> str:
    names = {
        "en": ("Fewer people plan to leave", "Some fewer, some not", "No effect"),
        "nl": ("Minder mensen met vertrekplannen", "Deels minder, deels niet", "Geen effect"),
    }[language]
    many = [front.whole(f"irregular_migration.trials_{name}") for name in ("lower", "both", "none")]
    of = {"en": "Trials of campaigns: ", "nl": "Proeven met campagnes: "}[language]
    label = of + "; ".join(f"{name}: {n}" for name, n in zip(names, many, strict=True)) + "."
    return small.bars([(name, n, str(n)) for name, n in zip(names, many, strict=True)], label)


def _months(front: Front, language: str) -> str:
    months = flows.by_route(data.load("frontex_route_month")).sum(axis=1).loc[WINDOW]
    low, high = (front.whole(f"irregular_migration.range_{end}") for end in ("low", "high"))
    words, label = {
        "en": (
            ("the range given", "Crossings detected a month, 2018–2025"),
            "{months_outside_sharp} of {months_window} dots, one a month, lie outside the range given.",
        ),
        "nl": (
            ("genoemde bandbreedte", "Overschrijdingen per maand, 2018–2025"),
            "{months_outside_sharp} van {months_window} punten, één per maand, liggen buiten de genoemde bandbreedte.",
        ),
    }[language]
    label = label.replace("{", "{irregular_migration.")
    return small.strip(months.tolist(), low, high, words, filled(label, front.numbers, language), language == "nl")


PICTURES = {
    "limited": _limited, "morocco": _morocco, "campaigns": _campaigns, "months": _months, "tunisia": _tunisia,
}  # fmt: skip


def recommendations(front: Front) -> str:
    """The page of recommendations: all in one table, then each whole with its parts."""
    found = front.found
    shown = found.of_recommendations()[["checked", "shows", "own"]].to_dict("index")
    own = data.load("recommendation_answers").set_index("recommendation").to_dict("index")
    follows = found.recommendation_conclusion.groupby("recommendation")["conclusion"].agg(list)
    numbers = {name.partition(".")[2]: text for name, text in front.numbers.items() if name.startswith("irregular")}
    signs = {"sign": lambda shows: _sign(shows, {}), "amount": lambda checked: _amount(checked, {})}
    rows = [row | shown[row["id"]] for row in data.plain(found.recommendations).to_dict("records")]
    parts = [raw(ENVIRONMENT.get_template("recommendations.html").render(rows=rows, **signs))]
    for row in rows:
        id = row["id"]
        depth = "###" if row["part_of"] else "##"
        name = id.removeprefix("recommendation-")
        values = own[id] | shown[id] | {
            "id": id, "name": name, "section": row["section"], "part": bool(row["part_of"]),
            "claims": _claims(found, id), "needs": _needs(found, id),
            "conclusions": [(conclusion, _conclusion(found, conclusion)) for conclusion in follows[id]],
            "why": assess.on_own_file(shown[id]) or own[id]["why"],
            "numbers": numbers, "picture": Markup(_campaigns(front, "en")) if id == CAMPAIGNS else None,
        }  # fmt: skip
        html = ENVIRONMENT.get_template("recommendation.html").render(**values, **signs)
        parts.append(f"({id})=\n{depth} {name}. {myst(row['recommendation'].removesuffix('.'))}\n\n{raw(html)}")
    return "\n".join(parts)


def _conclusion(found: dossier.Trail, id: str) -> str:
    """What a conclusion is called within a sentence."""
    name = found.names[id].lower()
    return f"the {name}" if name.startswith("main") else name


def _claims(found: dossier.Trail, id: str) -> list[dict]:
    """The claims that carry the reason of a recommendation, with what each gives as reason; its own alone."""
    own = found.recommendation_claim[found.recommendation_claim["recommendation"] == id]
    return own.merge(found.claims.rename(columns={"id": "claim"}), on="claim").to_dict("records")


def _needs(found: dossier.Trail, id: str) -> list[dict]:
    """What those of its claims that were not tested would need, most claims first: what, from whom, how many."""
    claims = pd.DataFrame(_claims(found, id), columns=["claim", "verdict"])
    untested = claims.loc[claims["verdict"].isin(UNTESTED), "claim"]
    needs = data.load("claims_needs").merge(data.load("releases"), on="release")
    mine = needs[needs["claim"].isin(untested)]
    counts = mine.groupby(["label", "holder", "possible"], sort=False).size().rename("many").reset_index()
    return counts.sort_values("many", ascending=False, kind="stable").to_dict("records")
