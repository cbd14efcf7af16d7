"""What the tables of simulations say: rates by hand, what a rank test can attain, the kinds of data that it bears."""

import pandas as pd
import pytest

from lib.returns import worlds
from lib.returns.designs import ANY, LARGEST, SIZES

WORLDS = {"quiet": 0.03, "zero-inflated": 0.20, "own shocks of a tenth of all": 0.05, "walk": 0.06}


def designs():
    rows = []
    for world, rate in WORLDS.items():
        for place, size in enumerate([*SIZES, ANY, LARGEST]):
            quantities = {
                "log change": rate - 0.01 * place, "scaled": rate / 2, "in levels": 0.0, "power": 0.5 - 0.1 * place,
                "power, scaled": 0.4 + 0.05 * place, "flagged": rate, "declared power": 0.8 + rate,
                "covers": 0.9 + rate / 10,
            }  # fmt: skip
            rows += [(world, 76, size, quantity, 1000, value) for quantity, value in quantities.items()]
    table = pd.DataFrame(rows, columns=["world", "countries", "size", "quantity", "replications", "value"])
    elsewhere = table.assign(countries=20, value=0.9)
    return pd.concat([table, elsewhere], ignore_index=True)


def test_a_rank_test_rejects_with_whole_countries():
    assert worlds.attainable(76) == 3 / 76 and worlds.attainable(100) == 0.05 and worlds.attainable(19) == 0


def test_the_error_of_a_rate_falls_with_the_root_of_the_panels():
    assert worlds.simulation_error(1000) == pytest.approx(0.01351, abs=1e-5)
    assert worlds.simulation_error(4000) == pytest.approx(worlds.simulation_error(1000) / 2)


def test_rates_are_the_worst_of_three_sizes_and_the_highest_come_first():
    found = worlds.rejects(designs())
    assert found.index[0] == "zero-inflated" and found.index[-1] == "quiet"
    assert found.at["walk", "log change"] == 0.06 and found.at["walk", "scaled"] == 0.03
    rows = worlds.rows(found).set_index(["world", "test"])["rate"]
    assert rows["walk", "Scaled difference"] == 0.03 and len(rows) == 8


def test_kinds_of_data_that_the_test_bears_reject_a_point_too_often_at_most():
    # 3.9% + 1% + 1.2% of simulation error: 6.1%
    assert worlds.holds(designs()).to_dict() == {
        "zero-inflated": False, "walk": True, "own shocks of a tenth of all": True, "quiet": True,
    }  # fmt: skip
    assert set(worlds.compared(designs())["quantity"]) == {"log change", "scaled", "in levels"}
    assert (worlds.compared(designs())["countries"] == 76).all()


def test_the_words_on_kinds_of_data():
    words = worlds.worlds_in_words(designs())
    assert (words["worlds"], words["worlds_hold"], words["worlds_worst"]) == (4, 3, "zero-inflated")
    assert (words["worlds_worst_rate"], words["worlds_quiet_rate"]) == ("20.0%", "3.0%")
    assert (words["flagged_worst"], words["flagged_others"]) == ("20%", "6%")  # what is silent by design is left out
    assert words["even_shocks"] == "2.0%" and (words["largest_low"], words["largest_high"]) == (
        "\N{MINUS SIGN}1.0%",
        "16.0%",
    )
    assert (words["power_large_change"], words["power_large_scaled"]) == ("30%", "50%")


def test_the_words_on_sizes():
    rows = []
    for countries in (10, 20, 76, 150):
        for size, rate in {"small": 0.5, "middle": 0.6, "large": 0.9}.items():
            change = 0.0 if countries < 20 else 0.04 if countries < 150 else 0.06
            quantities = {
                "cluster": rate, "wild_unrestricted": 0.8, "wild_restricted": 0.0, "placebo": 0.2, "se_ratio": 1 / 15,
                "placebo_log_change": change, "covered_cluster": 1 - rate, "covered_placebo_log_change": 0.96,
            }  # fmt: skip
            rows += [(countries, size, 1000, quantity, value) for quantity, value in quantities.items()]
    words = worlds.size_in_words(pd.DataFrame(rows, columns=["countries", "size", "replications", "quantity", "value"]))
    assert (words["null_clustered"], words["null_clustered_small"], words["se_ratio"]) == ("90%", "50%", "15")
    assert (words["null_change_low"], words["null_change_high"], words["null_change_most"]) == ("4.0%", "6.0%", "6.0%")
    assert (words["cover_clustered_low"], words["cover_placebo_low"], words["size_most"]) == ("10%", "96%", 150)
    assert words["size_countries"] == 76


def test_what_a_test_by_rank_can_attain_is_told():
    words = worlds.attainable_in_words()
    assert words == {"size_donors": 75, "attainable_fraction": "3/76", "attainable": "3.9%"}
