"""Maps: the coast as GeoJSON and a projection that shows one window exactly."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd


def land(basemap: pd.DataFrame) -> alt.Data:
    """The table `basemap` (ring, order, lon, lat, iso3) as GeoJSON polygons for `mark_geoshape`."""
    features = [
        {
            "type": "Feature",
            "properties": {"iso3": rows["iso3"].iloc[0]},
            "geometry": {"type": "Polygon", "coordinates": [rows[["lon", "lat"]].to_numpy().tolist()]},
        }
        for _, rows in basemap.sort_values(["ring", "order"]).groupby("ring")
    ]
    return alt.Data(values=features)


def mercator(width: int, west: float, east: float, south: float, north: float) -> tuple[alt.Projection, int]:
    """A Mercator projection that shows exactly this window at this width, and the height that goes with it."""
    scale = width / math.radians(east - west)

    def northing(latitude: float) -> float:
        return math.asinh(math.tan(math.radians(latitude)))

    translate = [-scale * math.radians(west), scale * northing(north)]
    height = round(scale * (northing(north) - northing(south)))
    return alt.Projection(type="mercator", scale=scale, translate=translate), height
