"""Derive the tables on protection and on the money of others: `python data/derive_protection.py SOURCE_DIR`.

SOURCE_DIR holds the transcriptions under the names in `SOURCES`; the rows that were found later, each with the address
of the page on which it was read, stand here. Afterwards, `make describe` validates every table and records its hash.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from steps.derivation import read, run

SOURCES = {
    "donors": "donors_migration_amounts.csv",
    "returns": "avr_transit_country_year.csv",
    "deportations": "deportations_turkiye_year.csv",
}
REPOSITORY = "https://github.com/muhsinaltintop/gap-project"
LAND = ("MAR", "TUN", "TUR")

# What each transcribed amount is for, and who paid: the 26 million that Spain managed are the EU's.
# The Tunisian amounts pay for vessels of the coast guard among other things, so they count as border management.
# Removal centres serve return, not the border. A programme of which border management is a named part, without a share,
# is "border among others".
FIELD = {
    ("EU", "MAR", "148"): ("border", "no"),
    ("EU", "MAR", "140"): ("border", "no"),
    ("EU", "MAR", "346"): ("migration", "no"),
    ("EU", "MAR", "500"): ("migration", "no"),
    ("ESP", "MAR", "30"): ("border", "no"),
    ("ESP", "MAR", "26"): ("border", "yes"),
    ("EU", "TUN", "105"): ("border", "yes"),
    ("EU", "TUN", "67"): ("migration", "no"),
    ("ITA", "TUN", "6"): ("return", "no"),
    ("EU", "TUR", "6000"): ("refugees", "no"),
    ("EU", "TUR", "8.4395"): ("return", "no"),
    ("NLD", "all partner countries", "105"): ("all aims", "no"),
    ("NLD", "COMPASS, 14 countries", "55"): ("protection", "no"),
}
PAID_BY = {("ESP", "26"): "EU"}
DONOR_COLUMNS = [
    "payer", "place", "first_year", "last_year", "amount", "currency", "field", "equipment", "qualifier", "what",
    "publisher", "how_seen", "source",
]  # fmt: skip
FOUND_DONORS = [
    (
        "ALL", "TUR", 2020, 2020, 695, "USD", "refugees", "no", "raised; all donors together, the EU among them",
        "the UN-led plan for refugees and their hosts (3RP), all partners", "3RP Türkiye, through ReliefWeb",
        "official page", "https://reliefweb.int/report/turkey/3rp-turkey-chapter-2020-outcome-monitoring-report",
    ),
    (
        "ALL", "TUR", 2021, 2021, 527, "USD", "refugees", "no", "raised; all donors together, the EU among them",
        "the UN-led plan for refugees and their hosts (3RP), all partners", "3RP Türkiye, through ReliefWeb",
        "official page", "https://reliefweb.int/report/turkiye/3rp-turkey-chapter-2021-outcome-monitoring-report",
    ),
    (
        "EU", "TUR", 2022, 2022, 220, "EUR", "border", "yes", "adopted",
        "border control in the east of the country: masts, cameras, training",
        "European Commission, as republished", "official through press",
        "https://pubaffairsbruxelles.eu/eu-institution-news/eu-adopts-new-programmes-in-support-to-refugees-and-border-management-in-turkiye-worth-over-e1-2-billion",
    ),
    (
        "EU", "TUR", 2022, 2022, 1235, "EUR", "refugees", "no", "adopted; the 220 for the border are part of it",
        "all assistance adopted in 2022 for refugees and for border management",
        "European Commission, as republished", "official through press",
        "https://pubaffairsbruxelles.eu/eu-institution-news/eu-adopts-new-programmes-in-support-to-refugees-and-border-management-in-turkiye-worth-over-e1-2-billion",
    ),
    (
        "EU", "TUR", 2007, 2024, 213, "EUR", "return", "no", "at least, counted by journalists",
        "building and upkeep of about thirty removal centres",
        "Lighthouse Reports, as summarised by the Global Detention Project", "NGO page",
        "https://globaldetentionproject.org/turkiye-growing-international-pressure-to-end-eu-financed-harmful-and-arbitrary-immigration-detention-practices",
    ),
    (
        "GBR", "TUR", 2022, 2023, 3, "GBP", "border", "yes", "more than",
        "border forces: training, staff, help with return; nine vehicles handed over in June 2022",
        "Home Office answers, through The Guardian and Turkish Minute", "press",
        "https://turkishminute.com/2023/06/08/uk-provided-3m-turkish-border-force-stop-migrants-report/amp",
    ),
    (
        "DEU", "TUR", 2020, 2020, 32, "EUR", "border", "yes", "before parliament's budget committee",
        "to restore what the Turkish coast guard can do",
        "German media, through Turkish Minute", "press",
        "https://turkishminute.com/2020/03/05/germany-to-allocate-e32-million-for-deterring-refugee-traffickers-in-turkey-report/?noamp=mobile",
    ),
    (
        "FRA", "TUN", 2023, 2023, 25.8, "EUR", "border", "yes", "announced",
        "equipment and training of police and border guards",
        "French minister of the interior, through RFI", "official through press",
        "https://www.rfi.fr/fr/afrique/20230619-en-tunisie-g%C3%A9rald-darmanin-annonce-25-8-millions-d-aide-d%C3%A9di%C3%A9e-aux-questions-migratoires",
    ),
    (
        "ITA", "TUN", 2020, 2023, 27, "EUR", "border", "yes", "8 at first, raised",
        "support to border control: vessels, vehicles",
        "il manifesto, after IrpiMedia", "press",
        "https://ilmanifesto.it/immigrazione-laccordo-con-le-autorita-marittime-tunisine-partito-nel-2020",
    ),
    (
        "ITA", "TUN", 2023, 2023, 10, "EUR", "border", "yes", "allocated; 6.5 of it for equipment",
        "equipment against irregular migration",
        "Italian foreign ministry, as republished", "official through press",
        "https://www.breakinglatest.news/news/italy-tunisia-cooperation-in-the-fight-against-the-criminal-action-of-human-traffickers/",
    ),
    (
        "ITA", "TUN", 2023, 2024, 4.8, "EUR", "border", "yes", "three of six vessels delivered in August 2024",
        "patrol boats for the national guard",
        "il manifesto, after Nova", "press",
        "https://ilmanifesto.it/litalia-consegna-tre-motovedette-alla-guardia-costiera-tunisina",
    ),
    (
        "ESP", "MAR", 2020, 2020, 31, "EUR", "border", "no", "approved",
        "costs of Moroccan authorities for border control",
        "Spanish cabinet, as republished", "official through press",
        "https://www.cordobabn.com/articulo/economia/ayuda-monetaria-ofrecida-marruecos-espana-controlar-inmigracion-ultimos-anos-asciende-mas-90-millones-euros/20210519161324092711.html",
    ),
    (
        "ESP", "MAR", 2021, 2021, 30, "EUR", "border", "no", "approved on 18 May, the day after Ceuta",
        "costs of Moroccan authorities for border control",
        "Spanish cabinet, as republished", "official through press",
        "https://diariodeavisos.elespanol.com/canariasenred/espana-destina-30-millones-de-euros-a-marruecos-para-controlar-la-crisis-migratoria/",
    ),
    (
        "ESP", "MAR", 2022, 2022, 30, "EUR", "border", "no", "authorised",
        "costs of Moroccan police for border control, upkeep of its material",
        "Spanish cabinet, as republished", "official through press",
        "https://www.elindependiente.com/espana/2022/10/18/el-gobierno-da-una-ayuda-de-30-millones-a-marruecos-para-que-contenga-el-flujo-migratorio/",
    ),
    (
        "EU", "MAR", 2023, 2023, 152, "EUR", "border among others", "no",
        "announced on 2 March 2023; years and the share for borders not given",
        "a programme on migration: border management against smuggling, the national strategy on asylum, return",
        "European Commission, as republished", "official through press",
        "https://eoc.org.cy/eu-launches-new-cooperation-programmes-with-morocco-worth-e624-million-green-transition-migration-and-reforms/",
    ),
    (
        "AUT", "TUN", 2022, 2024, 2, "EUR", "protection", "no", "",
        "IOM: care for 1,400 migrants, return of 160",
        "Austrian Development Agency", "official page",
        "https://www.entwicklung.at/en/projects/detail-en/contribution-to-iom-tunisia-appeal-2021-2024",
    ),
    (
        "NLD", "PROSPECTS, 8 countries", 2019, 2023, 558, "USD", "refugees", "no", "",
        "reception, protection and prospects of refugees and their hosts",
        "darpe.me", "press", "https://darpe.me/the-netherlands-government/",
    ),
    (
        "NLD", "COMPASS, 14 countries", 2023, 2027, 176, "EUR", "protection", "no", "committed",
        "second phase", "IOB", "report", "report, section 3.4.4",
    ),
]  # fmt: skip

RETURN_COLUMNS = ["country", "start", "end", "returned", "bound", "scope", "publisher", "source", "note"]
BOUND = {"about": "about", "more than": "at least", "half a year, main nationalities": "at least"}
BY_NATIONALITY = "sum of nationalities"
FOUND_RETURNS = [
    (
        "TUN", "2025-01", "2025-12", 8853, "exact", "all programmes of IOM", "IOM, as republished",
        "https://www.webmanagercenter.com/2026/01/07/559351/migration-loim-en-tunisie-facilite-le-retour-de-pres-de-9-000-migrants-en-2025/",
        "28 percent more than in 2024; paid by the EU and seven states, the Netherlands among them "
        "(https://guinee28.info/migration-record-historique-des-retours-volontaires-depuis-la-tunisie)",
    ),
]  # fmt: skip

SURVEY_COLUMNS = ["id", "place", "period", "said", "percent", "respondents", "sample", "publisher", "source", "note"]
STUDIES = {  # place, respondents, who was asked, publisher
    "hcp": (
        "MAR", 3000, "migrants, refugees and asylum-seekers of 15 and over; how they were drawn was not seen",
        "Haut-Commissariat au Plan, as republished",
    ),
    "ftdes": (
        "TUN", 379, "migrants in Tunis, Sfax and Médenine; how they were drawn was not seen", "FTDES, as republished",
    ),
    "sfax": (
        "TUN", 402, "migrants without papers; how they were drawn was not seen",
        "FTDES and University of Sfax, as republished",
    ),
    "ipsos": ("TUR", None, "adults under 75 who are online", "Ipsos, as republished"),
}  # fmt: skip
HCP_PAGE = "https://leseco.ma/business/migration-forcee-pres-de-54-des-migrants-veulent-rester-au-maroc.html"
FTDES_PAGE = "https://newswire.com.pk/2024/07/26/italy-3240"
FTDES_LIVES = "https://directinfo.webmanagercenter.com/2024/07/23/etude-60-des-migrants-irreguliers-en-tunisie-sont-arrives-via-lalgerie/"
HCP_WHEN, FTDES_WHEN = "2021-01/2021-03", "2024-03/2024-05"
CLOSE = "would close the border to refugees"
SURVEYS = [  # id, study, period, what they said, percent, source, note
    ("morocco-stay", "hcp", HCP_WHEN, "mean to stay in Morocco", 53.7, HCP_PAGE, ""),
    ("morocco-elsewhere", "hcp", HCP_WHEN, "mean to go to another country", 25.9, HCP_PAGE, ""),
    (
        "morocco-return", "hcp", HCP_WHEN, "mean to go back to the country of origin, sooner or later", 11.8, HCP_PAGE,
        "with or without conditions",
    ),
    ("morocco-undecided", "hcp", HCP_WHEN, "have no settled plan", 8.6, HCP_PAGE, ""),
    (
        "tunisia-return", "ftdes", FTDES_WHEN, "mean to go back to the country of origin", 42.0, FTDES_PAGE,
        "79.2 percent wished to reach Italy: both could be named",
    ),
    ("tunisia-violence", "ftdes", FTDES_WHEN, "met with violence, mostly of words", 77.0, FTDES_LIVES, ""),
    (
        "tunisia-moved", "ftdes", FTDES_WHEN, "had to move at least once, to evade the authorities", 75.4, FTDES_LIVES,
        "another account of the survey has that as the main reason among several",
    ),
    (
        "tunisia-no-help", "sfax", "2024-01/2024-06", "had no help from international organisations", 85.0,
        "https://realites.com.tn/fr/?p=363128", "",
    ),
    (
        "turkiye-close-2021", "ipsos", "2021", CLOSE, 75.0,
        "https://www.ipsos.com/en-us/news-polls/world-refugee-day-2021", "the publisher's own page",
    ),
    (
        "turkiye-close-2022", "ipsos", "2022", CLOSE, 76.0,
        "https://changemakr.asia/the-world-is-becoming-more-compassionate-to-refugees-ipsos-survey/", "",
    ),
    (
        "turkiye-close-2024", "ipsos", "2024", CLOSE, 77.0,
        "https://www.anhanews.com/ipsos-ve-unhcrden-multeciler-arastirmasi-turkiyede-toplumun-yuzde-77si-multecilere-kapilarin-tamamen-kapatilmasi-gerektigini-dusunuyor",
        "a survey with UNHCR",
    ),
]  # fmt: skip


def donors_migration(source: Path) -> pd.DataFrame:
    """What states and the EU say they give for migration, one row per amount; a KeyError names an unknown amount."""
    raw = read(source / SOURCES["donors"])
    swapped = raw["source"] == "report"  # one row has kind and source the wrong way round
    raw.loc[swapped, ["kind", "source"]] = raw.loc[swapped, ["source", "kind"]].to_numpy()
    known = [FIELD[row] for row in zip(raw["donor"], raw["country"], raw["amount_million_eur"], strict=True)]
    payers = [PAID_BY.get(row, row[0]) for row in zip(raw["donor"], raw["amount_million_eur"], strict=True)]
    table = pd.DataFrame({
        "payer": payers, "place": raw["country"], "first_year": raw["start"], "last_year": raw["end"],
        "amount": raw["amount_million_eur"], "currency": "EUR", "field": [field for field, _ in known],
        "equipment": [equipment for _, equipment in known], "qualifier": raw["qualifier"], "what": raw["what"],
        "publisher": raw["publisher"], "how_seen": raw["kind"], "source": raw["source"],
    })  # fmt: skip
    found = pd.DataFrame(FOUND_DONORS, columns=DONOR_COLUMNS)
    table = pd.concat([table, found.astype({"first_year": str, "last_year": str, "amount": str})], ignore_index=True)
    table["amount"] = table["amount"].astype(float).map("{:g}".format)
    return table.sort_values(["place", "payer", "first_year", "last_year", "amount"], kind="stable")


def assisted_returns_iom(source: Path) -> pd.DataFrame:
    """People whom IOM helped to return from Morocco, Tunisia and Türkiye, one row per period as printed."""
    raw = read(source / SOURCES["returns"])
    raw = raw[raw["country"].isin(LAND)]
    table = raw[["country", "start", "end", "returned", "publisher", "source", "note"]].assign(
        bound=raw["qualifier"].map(BOUND).fillna("exact"),
        scope=raw["qualifier"].where(raw["qualifier"] == BY_NATIONALITY, "all programmes of IOM"),
    )
    table["source"] = table["source"].str.replace(" (GAPs project, after IOM)", "", regex=False)
    table = pd.concat([table, pd.DataFrame(FOUND_RETURNS, columns=RETURN_COLUMNS)], ignore_index=True)
    return table[RETURN_COLUMNS].sort_values(["country", "start", "end"])


def deportations_turkiye_year(source: Path) -> pd.DataFrame:
    """Deportations and returns of Syrians that Türkiye states, with the months that the year covers."""
    raw = read(source / SOURCES["deportations"]).rename(
        columns={"deportations": "deported", "syrian_voluntary_returns": "syrians_returned"}
    )
    raw["months"] = raw["note"].str.contains("to September").map({True: 9, False: 12})
    return raw[["year", "months", "deported", "syrians_returned", "publisher", "source", "note"]]


def surveys_public(source: Path) -> pd.DataFrame:
    """Answers in public surveys of migrants and of the public; all of it was found later, none is in `source`."""
    rows = pd.DataFrame(SURVEYS, columns=["id", "study", "period", "said", "percent", "source", "note"])
    studies = pd.DataFrame.from_dict(STUDIES, orient="index", columns=["place", "respondents", "sample", "publisher"])
    return rows.join(studies.astype({"respondents": "Int64"}), on="study")[SURVEY_COLUMNS]


if __name__ == "__main__":
    run(
        donors_migration,
        assisted_returns_iom,
        deportations_turkiye_year,
        surveys_public,
    )
