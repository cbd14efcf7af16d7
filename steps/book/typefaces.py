"""Make the fonts of the book from those of two packages; run by hand when a package is renewed (see its SOURCES.txt).

Pages have the packages' files as they are. What is cut or drawn here has names of its own, since a changed font must
not be called by the reserved one: the letters that a bibliography needs, the faces that pictures are measured and
drawn with (vl-convert reads no variable ones), and the signs of the two scales, so that every machine shows the same.
"""

from __future__ import annotations

import shutil
import sys
from math import cos, pi, sin
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from steps import ROOT

PAGES, PICTURES = ROOT / "book" / "_static" / "fonts", ROOT / "lib" / "charts" / "fonts"
FILES = {
    "sans": "source-sans-3-latin-wght-normal", "serif": "source-serif-4-latin-wght-normal",
    "serif-italic": "source-serif-4-latin-wght-italic",
}  # fmt: skip
BEYOND = {"sans": "source-sans-3-latin-ext-wght-normal", "serif": "source-serif-4-latin-ext-wght-normal"}
LETTERS = "ĀāĂăĄąĆćČčĎďĐđĒēĘęĚěĞğĪīİıŁłŃńŇňŌōŐőŘřŚśŞşŠšŢţŤťŪūŮůŰűŹźŻżŽžȘșȚț"  # of names, from Warsaw to Ankara
WEIGHTS = {"regular": 400, "semibold": 600, "bold": 700}
UNIT, SIDE, LINE = 1000, 660, 84  # of the signs: as high as a capital letter
SIGNS = {"□": "box", "■": "square", "◧": "half", "○": "ring", "●": "disc"}


def main(words: list[str]) -> None:
    """Make all of them from the `files` folders of the two packages, unpacked in one folder."""
    [folder] = map(Path, words)
    packed = {file.stem: file for file in folder.rglob("*.woff2")}
    for name, file in FILES.items():
        shutil.copyfile(packed[file], PAGES / f"{name}.woff2")
    for name, file in BEYOND.items():
        letters = _named(_cut(TTFont(packed[file]), LETTERS), f"Grip {name.title()} Letters")
        letters.flavor = "woff2"
        letters.save(PAGES / f"{name}-letters.woff2")
    for name, weight in WEIGHTS.items():
        face = instantiateVariableFont(TTFont(packed[FILES["sans"]]), {"wght": weight})
        face["OS/2"].usWeightClass, face.flavor = weight, None
        with_signs(_named(face, "Grip Sans", name.title())).save(PICTURES / f"sans-{name}.ttf")
    signs().save(PAGES / "signs.ttf")


def with_signs(font: TTFont) -> TTFont:
    """A font that has the signs as well: vl-convert does not look for them in another one."""
    for sign, name in SIGNS.items():
        font.setGlyphOrder([*font.getGlyphOrder(), f"sign.{name}"])
        font["glyf"][f"sign.{name}"] = _glyph(name)
        font["hmtx"][f"sign.{name}"] = (SIDE + 160, 80)
        for table in font["cmap"].tables:
            table.cmap[ord(sign)] = f"sign.{name}"
    return font


def signs() -> TTFont:
    """The signs of the two scales as a font."""
    names = [".notdef", *SIGNS.values()]
    font = FontBuilder(UNIT, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(sign): name for sign, name in SIGNS.items()})
    font.setupGlyf({name: _glyph(name) for name in names})
    font.setupHorizontalMetrics(dict.fromkeys(names, (SIDE + 160, 80)))
    font.setupHorizontalHeader(ascent=1024, descent=-400)
    font.setupNameTable({"familyName": "Grip Signs", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=1024, sTypoDescender=-400, usWinAscent=1024, usWinDescent=400)
    font.setupPost()
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    return font.font


def _glyph(name: str) -> object:
    pen = TTGlyphPen(None)
    left, right = 80, 80 + SIDE
    if name in ("square", "box", "half"):
        _rectangle(pen, left, 0, right, SIDE)
    if name in ("box", "half"):
        inside = left + (SIDE // 2 if name == "half" else LINE)
        _rectangle(pen, inside, LINE, right - LINE, SIDE - LINE, hole=True)
    if name in ("disc", "ring"):
        _circle(pen, SIDE / 2 + 20)
    if name == "ring":
        _circle(pen, SIDE / 2 + 20 - LINE, hole=True)
    return pen.glyph()


def _rectangle(pen: TTGlyphPen, left: int, bottom: int, right: int, top: int, hole: bool = False) -> None:
    corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
    first, *others = corners[::-1] if hole else corners
    pen.moveTo(first)
    for corner in others:
        pen.lineTo(corner)
    pen.closePath()


def _circle(pen: TTGlyphPen, radius: float, hole: bool = False) -> None:
    """Eight arcs around the middle of a sign, each with one point beside the curve."""
    turn, beside = (1 if hole else -1) * pi / 4, radius / cos(pi / 8)

    def at(angle: float, far: float) -> tuple[int, int]:
        return round(80 + SIDE / 2 + far * cos(angle)), round(SIDE / 2 + far * sin(angle))

    pen.moveTo(at(0, radius))
    for arc in range(8):
        pen.qCurveTo(at((arc + 0.5) * turn, beside), at((arc + 1) * turn, radius))
    pen.closePath()


def _cut(font: TTFont, letters: str) -> TTFont:
    options = Options()
    options.layout_features, options.notdef_outline = ["kern", "mark", "ccmp", "locl"], True
    cutter = Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    return font


def _named(font: TTFont, family: str, style: str = "Regular") -> TTFont:
    """A font under a name of its own; what it says of its makers and its licence stays."""
    said = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}",
            6: f"{family} {style}".replace(" ", ""), 16: family, 17: style}  # fmt: skip
    font["name"].names = [name for name in font["name"].names if name.nameID in (0, 7, 8, 9, 11, 12, 13, 14)]
    for number, text in said.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    return font


if __name__ == "__main__":
    main(sys.argv[1:])
