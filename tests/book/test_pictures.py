"""Pictures of figures: drawn once per content, and what is wrong with them said with chapter and figure."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from html import unescape

import altair as alt
import pandas as pd
import pytest
import vl_convert
from fontTools.ttLib import TTFont

from lib import charts, data
from lib.ledger import results
from steps import ROOT, StepError
from steps.book import figures, pictures
from tests.charts.test_charts import TABLE, bars, make, simulated


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """Keep these figures as those of an executed chapter; its pictures go beside them."""
    monkeypatch.setattr(pictures, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(pictures, "PICTURES", tmp_path / "pictures")
    (tmp_path / "figures").mkdir()

    def written(*made, name="one"):
        records = [figure._repr_mimebundle_()[results.FIGURE] for figure in made]
        (tmp_path / "figures" / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
        return pictures.records(name)

    return written


def drawn(record, size):
    return pictures.path(record, size).read_text(encoding="utf-8")


def test_both_widths_are_drawn_as_asked(chapter):
    [record] = chapter(make())
    assert pictures.draw("one") == 2
    for size, width in record["widths"].items():
        assert float(re.search(r' width="([\d.]+)"', drawn(record, size)).group(1)) <= width + 1


def test_a_changed_sentence_draws_nothing_again_and_changed_data_do(chapter):
    chapter(make(), make(id="fig-other", build=lambda width: bars(width, TABLE.head(2))))
    assert pictures.draw("one") == 4
    texts = {"title": "Another", "subtitle": "Another", "description": "Another", "note": "Another"}
    chapter(make(**texts), make(id="fig-other", build=lambda width: bars(width, TABLE.head(2))))
    assert pictures.draw("one") == 0
    chapter(make(), make(id="fig-other", build=lambda width: bars(width, TABLE.tail(2))))
    assert pictures.draw("one") == 2


def test_what_no_figure_needs_is_removed_and_other_chapters_keep_theirs(chapter):
    chapter(make())
    chapter(make(build=lambda width: bars(width, TABLE.head(2))), name="two")
    pictures.draw("one")
    pictures.draw("two")
    [changed] = chapter(make(build=lambda width: bars(width, TABLE.tail(1))))
    pictures.draw("one")
    pictures.tidy()
    needed = [*pictures.records("two"), changed]
    assert {*pictures.PICTURES.iterdir()} == {*pictures.paths(needed)}


def test_a_chapter_that_was_not_executed_is_named(chapter):
    with pytest.raises(StepError, match="no figures of nothing are there; execute it first"):
        pictures.draw("nothing")


def test_a_picture_does_not_depend_on_the_fonts_of_the_machine(tmp_path):
    """Signs that the fonts of vl-convert lack would be measured with one that has them."""
    encoding = {"y": {"field": "a", "type": "nominal"}}
    chart = {"data": {"values": [{"a": "● ✓ ≠ 漢"}]}, "mark": "bar", "encoding": encoding}
    draw = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from steps.book import pictures; import vl_convert; "
    draw += f"print(vl_convert.vegalite_to_svg({chart!r}, vl_version='6.1'))"
    bare = tmp_path / "fonts.conf"
    bare.write_text("<fontconfig><dir>/dev/null</dir></fontconfig>", encoding="utf-8")
    here, there = (
        subprocess.run([sys.executable, "-c", draw], env=os.environ | more, capture_output=True, text=True, check=True)
        for more in ({}, {"FONTCONFIG_FILE": str(bare)})
    )
    assert "<svg" in here.stdout and here.stdout == there.stdout


def test_a_picture_carries_the_letters_that_it_is_written_in(chapter):
    [record] = chapter(make())
    pictures.draw("one")
    svg = drawn(record, "wide")
    face = re.search(r"font-family:Grip Sans;font-weight:400;src:url\(data:font/woff;base64,([^)]+)\)", svg)[1]
    letters = set(TTFont(io.BytesIO(base64.b64decode(face))).getBestCmap())
    written = {ord(letter) for _, text in pictures.TEXT.findall(svg) for letter in unescape(text)}
    assert written and written <= letters and len(face) < 20_000
    assert set(re.findall(r'font-family="([^"]+)"', svg)) == {charts.FONT}


def test_text_is_measured_with_the_font_of_the_book():
    def width(font, weight=400):
        said = {"text": "W" * 40, "font": font, "fontWeight": weight}
        text = {name: {"value": value} for name, value in said.items()}
        spec = {"$schema": "https://vega.github.io/schema/vega/v6.json", "width": 1, "height": 9, "padding": 0,
                "autosize": {"type": "pad"}, "marks": [{"type": "text", "encode": {"update": text}}]}  # fmt: skip
        return float(re.search(r' width="([\d.]+)"', vl_convert.vega_to_svg(spec))[1])

    assert width(charts.FONT) < width(charts.FONT, 600) < width(charts.FONT, 700) < width("sans-serif")


def test_every_picture_that_is_wrong_is_named_and_the_others_are_drawn(chapter):
    def wide(width):
        return alt.Chart(TABLE).mark_bar().encode(x="year:O", y="detections:Q").properties(width=500)

    def broken(width):
        return bars(width).transform_filter("datum.year +")

    *_, fine = chapter(make(wide, id="fig-wide"), make(broken, id="fig-broken"), make())
    with pytest.raises(pictures.PictureError) as error:
        pictures.draw("one")
    said = str(error.value).splitlines()
    assert len(said) == 3
    assert re.match(r"one: figure fig-wide, narrow: drawn \d+ pixels wide, 350 asked for; make the chart", said[0])
    assert [line.split(": it cannot be drawn: ")[0] for line in said[1:]] == [
        "one: figure fig-broken, wide", "one: figure fig-broken, narrow",
    ]  # fmt: skip
    assert all(pictures.path(fine, size).exists() for size in pictures.SIZES)


def test_small_multiples_are_drawn_in_the_order_given(chapter):
    def build(width):
        points = alt.Chart(TABLE).mark_point().encode(x="year:O", y="detections:Q")
        layers = alt.layer(points, data=TABLE)
        return charts.small_multiples(layers, "label", ["c", "a", "b"], width=width, columns=1, height=60, labels=40)

    [record] = chapter(make(build))
    pictures.draw("one")
    assert re.findall(">([abc])</text>", drawn(record, "wide")) == ["c", "a", "b"]


def test_lines_hide_what_only_a_pointer_finds(chapter):
    table = data.load("frontex_route_month")
    table = table[table["route"].isin(charts.ROUTES) & (table["month"] >= "2024")]
    marks = pd.DataFrame({"month": pd.to_datetime(["2024-06"]), "label": ["Pact & plan"]})

    def lines(width):
        return charts.lines(table, width, x="month", y="detections", series="route", unit="Detections", marks=marks)

    [record] = chapter(make(lines, table=table))
    pictures.draw("one")
    assert "hover" in json.dumps(record["specs"]["wide"]) and "hover" not in drawn(record, "wide")
    assert drawn(record, "wide").count("<path") < len(table)  # a point for each value would be as many
    for route in charts.ROUTES:
        assert route.removesuffix(" Route") in drawn(record, "wide")
    assert "Pact &amp; plan" in drawn(record, "narrow")


def test_simulated_data_say_so_inside_every_file(chapter):
    [made_up, real] = chapter(make(sources=[simulated()]), make(id="fig-real"))
    pictures.draw("one")
    files = figures.files(made_up)
    assert len(files) == 7 and all(name.startswith("fig-test-simulated") for name in files)
    assert [name for name, text in files.items() if "SIMULATED" not in text] == []
    assert "SIMULATED" not in "".join(figures.files(real).values()) + figures.html(real)


def test_downloads_know_no_css_variables_and_the_pages_pictures_do(chapter):
    [record] = chapter(make())
    pictures.draw("one")
    files = figures.files(record)
    for name in ("fig-test.svg", "fig-test.vl.json"):
        assert "var(" not in files[name] and "#0072b2" in files[name]
    chart = json.loads(files["fig-test.vl.json"])
    assert chart["description"] == make().alt
    assert vl_convert.vegalite_to_svg(chart, vl_version=pictures.version(chart)).count("<path") > 3
    for size in pictures.SIZES:
        assert "var(--chart-blue, #0072b2)" in files[f"fig-test-{size}.svg"]
        assert "prefers-color-scheme:dark" in files[f"fig-test-{size}.svg"]
        assert "--chart-blue:#5ab4ea" in files[f"fig-test-{size}.svg"]
