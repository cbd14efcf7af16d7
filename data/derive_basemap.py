"""Derive the base map from the TopoJSON of the world-atlas package (2.0.2): `python data/derive_basemap.py FILE`.

FILE is its countries-50m.json: Natural Earth, public domain. Afterwards, run `make describe`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

WINDOW = (-26.0, 12.0, 37.5, 44.5)  # west, south, east, north: the frame of the route map
SNAP = 0.1
SMALLEST = 0.02  # square degrees
# Small islands that the chapters speak of stay, however small: west, south, east, north.
KEEP = {
    "Malta": (14.1, 35.7, 14.7, 36.2),
    "Lampedusa": (12.2, 35.4, 12.9, 35.9),
    "Canary Islands": (-18.5, 27.4, -13.2, 29.6),
    "Lesbos": (25.6, 38.8, 26.8, 39.5),
}

# The atlas knows countries by ISO 3166-1 number; three territories that it draws apart have none.
ATLAS_NAME = {"Kosovo": "XKX", "N. Cyprus": "CYP", "Somaliland": "SOM"}
ATLAS_NUMBER = {
    "008": "ALB", "012": "DZA", "020": "AND", "031": "AZE", "040": "AUT", "051": "ARM", "070": "BIH",
    "100": "BGR", "120": "CMR", "132": "CPV", "140": "CAF", "148": "TCD", "191": "HRV", "196": "CYP",
    "204": "BEN", "231": "ETH", "232": "ERI", "250": "FRA", "262": "DJI", "268": "GEO", "270": "GMB",
    "275": "PSE", "276": "DEU", "288": "GHA", "300": "GRC", "324": "GIN", "336": "VAT", "348": "HUN",
    "364": "IRN", "368": "IRQ", "376": "ISR", "380": "ITA", "384": "CIV", "400": "JOR", "422": "LBN",
    "430": "LBR", "434": "LBY", "438": "LIE", "466": "MLI", "470": "MLT", "478": "MRT", "492": "MCO",
    "498": "MDA", "499": "MNE", "504": "MAR", "562": "NER", "566": "NGA", "620": "PRT", "624": "GNB",
    "642": "ROU", "643": "RUS", "674": "SMR", "682": "SAU", "686": "SEN", "688": "SRB", "694": "SLE",
    "703": "SVK", "705": "SVN", "706": "SOM", "724": "ESP", "728": "SSD", "729": "SDN", "732": "ESH",
    "756": "CHE", "760": "SYR", "768": "TGO", "788": "TUN", "792": "TUR", "804": "UKR", "807": "MKD",
    "818": "EGY", "854": "BFA", "887": "YEM",
}  # fmt: skip


def basemap(atlas: Path) -> pd.DataFrame:
    """Outer rings of the countries in `WINDOW`, from the TopoJSON file countries-50m of world-atlas."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    rings = []
    for code, outer in _outer_rings(topology):
        clipped = _clip(outer)
        if len(clipped) and (_kept(clipped) or abs(_area(clipped)) >= SMALLEST):
            snapped = _snap(clipped)
            if len(snapped):
                rings.append((code, snapped))
    rings.sort(key=lambda ring: ring[0])  # stable: within a country the order of the atlas remains
    frames = []
    for number, (code, ring) in enumerate(rings, start=1):
        frame = pd.DataFrame(ring, columns=["lon", "lat"])
        frames.append(frame.assign(ring=number, order=range(1, len(ring) + 1), iso3=code))
    return pd.concat(frames)[["ring", "order", "lon", "lat", "iso3"]]


def _outer_rings(topology: dict) -> Iterator[tuple[str, np.ndarray]]:
    """(ISO3 code, points as lon and lat) of every polygon; a neighbour fills its holes."""
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in topology["arcs"]]
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country.get("arcs", [])
        for polygon in [polygons] if country["type"] == "Polygon" else polygons:
            points = np.vstack([arcs[i] if i >= 0 else arcs[~i][::-1] for i in polygon[0]])
            if len(_clip(points)):
                name = country["properties"]["name"]
                yield ATLAS_NAME.get(name) or ATLAS_NUMBER[country["id"]], points


def _clip(points: np.ndarray) -> np.ndarray:
    """The part of a ring inside `WINDOW` (Sutherland and Hodgman 1974), open: first point not repeated."""
    ring = [tuple(point) for point in points[:-1]]
    west, south, east, north = WINDOW
    for axis, limit, sign in ((0, west, 1), (1, south, 1), (0, east, -1), (1, north, -1)):
        before, ring = ring, []
        for start, end in zip(before[-1:] + before[:-1], before, strict=True):
            start_in, end_in = (sign * (point[axis] - limit) >= 0 for point in (start, end))
            if start_in != end_in:
                share = (limit - start[axis]) / (end[axis] - start[axis])
                cut = start[1 - axis] + share * (end[1 - axis] - start[1 - axis])
                ring.append((limit, cut) if axis == 0 else (cut, limit))
            if end_in:
                ring.append(end)
    return np.array(ring)


def _area(ring: np.ndarray) -> float:
    """Signed area in square degrees: positive if the ring runs counter-clockwise, north up."""
    lon, lat = ring.T
    return float(np.dot(lon, np.roll(lat, -1)) - np.dot(np.roll(lon, -1), lat)) / 2


def _kept(ring: np.ndarray) -> bool:
    lon, lat = ring.mean(axis=0)
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in KEEP.values())


def _snap(ring: np.ndarray) -> np.ndarray:
    """The corners of a ring on the grid of `SNAP` degrees, clockwise (so d3-geo draws the inside), closed."""
    steps = np.rint(ring / SNAP).astype(int)
    points = 0
    while len(steps) != points:  # dropping a spike can leave a repetition, and the other way round
        points = len(steps)
        steps = steps[np.any(steps != np.roll(steps, 1, axis=0), axis=1)]
        (x0, y0), (x1, y1) = (steps - np.roll(steps, 1, axis=0)).T, (np.roll(steps, -1, axis=0) - steps).T
        steps = steps[x0 * y1 != x1 * y0]
    if _area(steps) > 0:
        steps = steps[::-1]
    closed = np.vstack([steps, steps[:1]])
    return np.round(closed * SNAP, 2) + 0.0  # adding zero turns -0.0 into 0.0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python data/derive_basemap.py countries-50m.json")
    table = basemap(Path(sys.argv[1]))
    table.to_csv(Path(__file__).with_name("basemap.csv"), index=False, lineterminator="\n")
    print(f"base map of {table['ring'].max()} rings written; now run `make describe`")
