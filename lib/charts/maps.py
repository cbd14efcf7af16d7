"""Maps: the coast as GeoJSON and a projection that shows one window exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from lib.charts.theme import LAND, route_colour, route_legend


def land(basemap: pd.DataFrame) -> alt.Data:
    """The table `basemap` (ring, order, lon, lat, iso3) as GeoJSON polygons for `mark_geoshape`."""
    points = basemap.sort_values(["ring", "order"])
    first = np.flatnonzero(~points["ring"].duplicated())
    rings = np.split(points[["lon", "lat"]].to_numpy(), first[1:])
    features = [
        {
            "type": "Feature",
            "properties": {"iso3": iso3},
            "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]},
        }
        for iso3, ring in zip(points["iso3"].iloc[first], rings, strict=True)
    ]
    return alt.Data(values=tuple(features))  # Altair copies a list, number by number, with every chart that holds it


def mercator(width: int, west: float, east: float, south: float, north: float) -> tuple[alt.Projection, int]:
    """A Mercator projection that shows exactly this window at this width, and the height that goes with it."""
    scale = width / math.radians(east - west)

    def northing(latitude: float) -> float:
        return math.asinh(math.tan(math.radians(latitude)))

    translate = [-scale * math.radians(west), scale * northing(north)]
    height = round(scale * (northing(north) - northing(south)))
    return alt.Projection(type="mercator", scale=scale, translate=translate), height


def incident_map(
    cells: pd.DataFrame,
    basemap: pd.DataFrame,
    width: int,
    *,
    routes: Sequence[str],
    window: tuple[float, float, float, float],
    period: str,
    paths: pd.DataFrame,
) -> alt.LayerChart:
    """Circles of dead and missing over land, sized by number and coloured by route, with a menu of years.

    `cells` has columns year, route, lon, lat and dead_and_missing, with a known place; `routes` are those of the
    legend; `paths` are sketches of routes drawn on top, with columns line, order, lon, lat and route; `window` is
    west, east, south and north in degrees; `period` names all years together in the menu.
    """
    projection, height = mercator(width - 4, *window)
    years = sorted(int(year) for year in cells["year"].unique())
    menu = alt.binding_select(options=[None, *years], labels=[period, *map(str, years)], name="Year ")
    picked = alt.param(name="year", value=None, bind=menu)
    land_layer = alt.Chart(land(basemap)).mark_geoshape(stroke=LAND, clip=True)
    circles = (
        alt.Chart(cells[["year", "route", "lon", "lat", "dead_and_missing"]])
        .transform_filter("year == null || datum.year == year")
        .transform_aggregate(dead="sum(dead_and_missing)", groupby=["lon", "lat", "route"])
        .mark_circle(opacity=0.55, clip=True)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            color=alt.Color("route:N", scale=route_colour(routes), legend=route_legend(width)),
            # as many pixels to a person on a phone as on a page, in proportion
            size=alt.Size("dead:Q", scale=alt.Scale(domain=[0, 2000], range=[4, 0.92 * width]), legend=None),
            tooltip=[
                alt.Tooltip("route:N", title="Route"),
                alt.Tooltip("dead:Q", title="Dead and missing", format=","),
            ],
        )
    )
    sketched = alt.Chart(paths).mark_line(strokeWidth=3, clip=True)
    sketched = sketched.encode(
        longitude="lon:Q", latitude="lat:Q", order="order:O", detail="line:N", color="route:N",
    )  # fmt: skip
    return (
        alt.layer(land_layer, circles, sketched)
        .add_params(picked)
        .project(type=projection.type, scale=projection.scale, translate=projection.translate)
        .properties(width=width - 4, height=height)
    )
