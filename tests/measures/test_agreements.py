"""In what view readmission agreements were made: each reading is wider than the one before."""

import pandas as pd

from lib import data
from lib.measures import agreements


def test_readings_by_hand():
    bases = ["accession_talks", "none", "association_talks", "later", "stabilisation_and_association"]
    table = pd.DataFrame({"name": list("ABCDE"), "association_basis": bases})
    found = agreements.in_view(table)
    assert found["n"].tolist() == [2, 3, 4]
    assert found["which"].tolist() == ["A, E", "A, C, E", "A, C, D, E"]


def test_a_wider_reading_loses_none():
    names = [set(which.split(", ")) for which in agreements.in_view(data.load("eu_readmission_agreements"))["which"]]
    assert names[0] < names[1] < names[2]
