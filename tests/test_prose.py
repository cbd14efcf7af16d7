"""Numbers as they stand in a sentence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import prose


@pytest.mark.parametrize(
    "text, expected",
    [
        (prose.number(433620), "433,620"),
        (prose.number(1234.6), "1,235"),
        (prose.number(-1234.5678, 2), "−1,234.57"),
        (prose.number(np.int64(0)), "0"),
        (prose.percent(0.123), "12%"),
        (prose.percent(0.1234, 1), "12.3%"),
        (prose.percent(-0.5), "−50%"),
        (prose.change(0.5), "+50%"),
        (prose.change(-0.123), "−12%"),
        (prose.change(0), "0%"),
        (prose.change(12), "+1,200%"),
        (prose.beside(0.153), "15% above"),
        (prose.beside(-0.5, 1), "50.0% below"),
        (prose.month(pd.Timestamp("2015-10-01")), "October 2015"),
        (prose.listed(pd.Series({2023: 0.5, 2024: 0.25}), form=prose.percent), "2023 50%, 2024 25%"),
        (prose.several(1, "year", "years"), "1 year"),
        (prose.several(1200, "month", "months"), "1,200 months"),
        (prose.opening("the effect in Morocco"), "The effect in Morocco"),
        (prose.opening(""), ""),
        (prose.in_words(["a"]), "a"),
        (prose.in_words(["a", "b"]), "a and b"),
        (prose.in_words(["a", "b", "c"]), "a, b and c"),
        (prose.listed({"Morocco": 3.14, "Iraq": -2}, 1), "Morocco 3.1, Iraq −2.0"),
        (prose.listed({}), ""),
        (
            prose.from_to(pd.Series({"Tunisia": 9000, "Libya": 5}), pd.Series({"Libya": 6, "Tunisia": 4})),
            "Tunisia 9,000 to 4, Libya 5 to 6",
        ),
    ],
)
def test_known_phrases(text, expected):
    assert text == expected


@given(st.integers(-(10**12), 10**12))
def test_no_digit_is_lost_and_no_hyphen_shown(value):
    text = prose.number(value)
    assert "-" not in text
    assert int(text.replace(",", "").replace("−", "-")) == value


def test_glue_formats_numbers_and_leaves_text(monkeypatch):
    import myst_nb

    glued = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: glued.update({name: (value, display)}))
    prose.glue(count=np.int64(433620), mean=1234.6, when="October 2015")
    assert glued == {"count": ("433,620", False), "mean": ("1,235", False), "when": ("October 2015", False)}
