"""Table 1 as data: its sentences, its effects as counts, and what its cells would need, on small tables by hand."""

import numpy as np
import pandas as pd
import pytest

from lib.returns import cells, reported

STARTS = pd.to_datetime(pd.Series({"EGY": "2023-05", "IRQ": "2024-07", "MAR": "2022-06", "TUN": "2025-10"}))
EFFECTS = {  # days, confirmations, laissez-passers, departures
    "EGY": (-10.0, 1.0, 2.0, np.nan),
    "IRQ": (-5.0, 2.0, 1.0, np.nan),
    "MAR": (-100.0, 20.0, 16.0, 9.0),
    "NGA": (50.0, np.nan, 2.0, 3.0),
    "TUR": (5.0, np.nan, -1.0, np.nan),
}
NAMES = {"EGY": "Egypt", "IRQ": "Iraq", "MAR": "Morocco", "NGA": "Nigeria", "TUR": "Türkiye"}
ROWS = pd.DataFrame(
    [
        (country, NAMES[country], outcome, effect)
        for country, row in EFFECTS.items() for outcome, effect in zip(reported.OUTCOMES, row, strict=True)
    ],
    columns=["country", "name", "outcome", "effect"],
)  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return reported.table1(ROWS, STARTS, "2025-12")


def changed(country, outcome, effect):
    rows = ROWS.copy()
    rows.loc[(rows["country"] == country) & (rows["outcome"] == outcome), "effect"] = effect
    return reported.table1(rows, STARTS, "2025-12")


def test_months_in_force_count_the_first_and_the_last(table):
    assert table.months.to_dict() == {"EGY": 32, "IRQ": 18, "MAR": 43, "TUN": 3}


def test_what_the_table_says_of_its_sentences(table):
    assert table.claims(yearly=108) == {
        "return-tunisia-few-months": True,
        "return-effects-direction-only": "no",  # 12 times 9 is what is stated, so one effect is read as a number
        "return-most-countries-none": 60.0,
        "return-three-countries-none": 3,
        "return-no-evidence-others": "rise",
        "return-nigeria-small": pytest.approx(1 / 3),
        "return-mainly-morocco": 75.0,
        "return-morocco-clear": True,
        "return-cooperation-effects-several": 3,
    }
    assert table.claims(yearly=112)["return-effects-direction-only"] == "yes"


def test_morocco_is_clear_only_while_all_its_effects_are_better_and_largest():
    assert not changed("MAR", "processing_days", 100.0).claims(0)["return-morocco-clear"]
    assert not changed("NGA", "forced_departures", 9.5).claims(0)["return-morocco-clear"]
    assert changed("NGA", "forced_departures", np.nan).claims(0)["return-no-evidence-others"] == "none shown"


def test_cooperation_without_departures(table):
    assert table.claims_on_departures() == {
        "return-cooperation-partly-departures": "none",  # Nigeria has more departures than documents
        "return-cooperation-larger": True,  # 20 against 12
        "return-better-without-departures": 2,  # Egypt and Iraq
        "return-cooperation-larger-morocco": True,
        "return-cooperation-larger-everywhere": False,
    }
    fewer = changed("NGA", "forced_departures", 1.0).claims_on_departures()
    assert fewer["return-cooperation-partly-departures"] == "limited"


def test_an_effect_as_a_count_is_held_against_the_total_with_what_rounding_leaves_open(table):
    *_, row = table.as_counts({"morocco-documents": 700.0, "morocco-forced": 427.0, "iraq-issued": 15.0}).itertuples()
    assert (row.months, row.effect, row.extra, row.without) == (18, 1.0, 18.0, -3.0)
    assert (row.low, row.high) == (pytest.approx(17.1), pytest.approx(18.9))
    assert (row.share, row.share_low) == (pytest.approx(1.2), pytest.approx(1.14))
    assert row.label == "18 extra of 15"


def test_the_words_on_counts(table):
    counts = table.as_counts({"morocco-documents": 700.0, "morocco-forced": 427.0, "iraq-issued": 9.0})
    words = reported.counts_in_words(counts, STARTS)
    assert (words["period_years"], words["period_months"], words["iraq_before"]) == ("2022–2025", 48, 30)
    assert (words["morocco_extra"], words["morocco_extra_share"], words["morocco_without"]) == (688.0, "98.3%", 10.0)
    assert words["iraq_fall"] == "0.45"  # 1.0 − 0.05 − 9 / 18


def test_the_words_on_the_table(table):
    words = table.in_words()
    assert (words["cells"], words["table_outcomes"], words["yearly"], words["nigeria_effect"]) == (20, 4, 108.0, "3.0")
    assert (words["documents_sum"], words["departures_sum"], words["marginal"]) == ("20.0", "12.0", "56%")
    assert (words["smallest_cell"], words["iraq_days"]) == ("1.0", "5")


def test_cells_as_a_figure_has_them():
    shown = reported.shown(ROWS).set_index(["country", "outcome"])
    days, none = shown.loc[("NGA", "processing_days")], shown.loc[("NGA", "confirmations_given")]
    assert (days["text"], days["direction"], days["outcome_name"]) == ("50", reported.WORSE, "Days to confirm")
    assert (none["text"], none["direction"], none["bar"]) == ("no effect", reported.NONE, 0.0)
    assert shown.loc[("MAR", "processing_days"), "direction"] == reported.BETTER
    assert shown.loc[("TUR", "laissez_passers_given"), "text"] == "\N{MINUS SIGN}1.0"


def limits(**thresholds):
    """Thresholds by inference and scenario: low, median, high of 100 panels, for departures to Morocco and Nigeria."""
    return pd.DataFrame(
        [
            (country, "forced_departures", inference, scenario, *ends, 100, 200)
            for (country, inference), by_scenario in thresholds["of"].items() for scenario, ends in by_scenario.items()
        ],
        columns=["country", "outcome", "inference", "scenario", "low", "median", "high", "panels", "seeds"],
    )  # fmt: skip


LIMITS = limits(
    of={
        ("MAR", "placebo"): {"calm": (1.0, 2.0, 3.0), "assumed": (2.0, 3.0, 4.5), "rough": (4.0, 6.0, 8.0)},
        ("MAR", "clustered"): {"calm": (0.1, 0.2, 0.3), "assumed": (0.1, 0.3, 0.9), "rough": (0.2, 0.5, 0.9)},
        ("MAR", "family"): {"calm": (8.0, 8.5, 10.0), "assumed": (5.0, 9.0, 12.0), "rough": (9.0, 9.5, 10.0)},
        ("NGA", "placebo"): {"calm": (2.0, 3.0, 4.0), "assumed": (2.0, 4.0, 6.0), "rough": (5.0, 6.0, 7.0)},
        ("NGA", "clustered"): {"calm": (0.1, 0.2, 0.3), "assumed": (0.2, 0.5, 1.0), "rough": (0.1, 0.2, 0.3)},
        ("NGA", "family"): {"calm": (4.0, 5.0, 6.0), "assumed": (4.0, 6.0, 9.0), "rough": (8.0, 9.0, 9.5)},
    }
)


def test_a_cell_survives_in_all_kinds_of_noise_or_does_not_or_cannot_be_told():
    some = ROWS[(ROWS["outcome"] == "forced_departures") & ROWS["effect"].notna()]
    found = cells.judged(some, LIMITS)
    assert found["cell"].tolist() == ["Morocco, departures", "Nigeria, departures"]
    morocco, nigeria = found.to_dict("records")
    assert (morocco["placebo"], morocco["low"], morocco["high"]) == (3.0, 9 / 8, 9.0)  # 9 over 3, over 8 and over 1
    assert (morocco["verdict_placebo"], morocco["verdict_family"]) == (cells.SURVIVES, cells.OPEN)
    assert (nigeria["verdict_placebo"], nigeria["verdict_family"]) == (cells.OPEN, cells.FALLS)
    assert cells.passing(found) == ["Morocco, departures"] and len(cells.passing(found, "clustered")) == 2
    assert cells.sure(found) == "Morocco" and cells.sure(found.iloc[1:]) == "no country"


def test_the_words_on_cells_and_the_rows_of_their_figure():
    some = ROWS[(ROWS["outcome"] == "forced_departures") & ROWS["effect"].notna()]
    found = cells.judged(some, LIMITS)
    words = cells.in_words(found, LIMITS, donors=45)
    assert (words["survive"], words["open_cells"], words["fall"], words["survive_clustered"]) == (1, 1, 0, 2)
    assert (words["family_names"], words["family_floor"], words["tested_countries"]) == ("none of them", "10.00%", 50)
    assert words["firmer"] == "no more firmly" and words["nigeria_verdict"] == cells.OPEN
    assert words["kept_panels"] == "100 (calm); 100 (assumed); 100 (rough)"
    drawn = cells.drawn(found)
    assert drawn["said"].tolist() == [cells.SURVIVES, cells.OPEN, cells.CLUSTERED, cells.CLUSTERED]
    assert drawn.loc[drawn["said"] == cells.CLUSTERED, "ratio"].tolist() == [30.0, 6.0]
