"""The fonts of the book: whole, listed, with their licence, and with every sign that the book needs."""

import hashlib
import re

import pytest
from fontTools.ttLib import TTFont

from lib.ledger import assess, verdicts
from steps import ROOT
from steps.book import pictures, typefaces

LISTED = (typefaces.PAGES / "SOURCES.txt").read_text(encoding="utf-8")
CSS = (ROOT / "book" / "_theme" / "compendium" / "static" / "theme.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [f"{name}.woff2" for name in typefaces.FILES])
def test_a_file_of_a_package_is_as_it_was(name):
    digest = hashlib.sha256((typefaces.PAGES / name).read_bytes()).hexdigest()
    assert f"{name}  {digest}  @fontsource-variable/" in LISTED


def test_every_font_is_listed_used_and_small_and_its_licence_lies_beside_it():
    fonts = [file for file in typefaces.PAGES.iterdir() if file.suffix != ".txt"]
    assert {file.name for file in fonts} == set(re.findall(r"fonts/([\w.-]+)", CSS))
    assert all(file.name in LISTED and file.stat().st_size < 60_000 for file in fonts)
    for folder in (typefaces.PAGES, typefaces.PICTURES):
        assert "SIL Open Font License, Version 1.1" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert CSS.count("@font-face") == CSS.count("font-display: swap")


def test_what_was_changed_does_not_bear_the_reserved_name():
    for file in [*pictures.FACES.values(), typefaces.PAGES / "signs.ttf"]:
        names = {name.nameID: str(name) for name in TTFont(file)["name"].names}
        assert not any("Source" in names.get(number, "") for number in (1, 3, 4, 6, 16)), file


def test_the_signs_of_both_scales_are_drawn_in_the_books_own_fonts():
    needed = {ord(sign) for sign in "".join([*verdicts.MARKS.values(), *assess.SIGNS.values()])}
    assert needed == set(map(ord, typefaces.SIGNS))
    for file in [*pictures.FACES.values(), typefaces.PAGES / "signs.ttf"]:
        assert needed <= set(TTFont(file).getBestCmap()), file
    for sign in needed:
        assert f"U+{sign:04X}" in CSS


def test_the_signs_are_what_the_module_draws(tmp_path):
    typefaces.signs().save(tmp_path / "signs.ttf")
    drawn, kept = TTFont(tmp_path / "signs.ttf"), TTFont(typefaces.PAGES / "signs.ttf")
    assert drawn["glyf"].glyphs.keys() == kept["glyf"].glyphs.keys()
    assert all(drawn["glyf"][name] == kept["glyf"][name] for name in drawn.getGlyphOrder())
