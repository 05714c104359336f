"""Draw charts as SVG text by Vega-Lite (the package vl-convert-python): lines, intervals, dots.

A chart is one `<svg>` element with a title and a description for those who do not see it, without
scripts, style attributes or addresses, so that it stands in a page that allows none of these. Its
colours are CSS variables with a default each: the page says what they are in light and in dark.
`standalone` puts the defaults in their place, for a file of its own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

INK, SOFT, RULE = "var(--ink,#1d2430)", "var(--soft,#566070)", "var(--rule,#d9dee6)"
SERIES = tuple(
    f"var(--series-{i},{colour})"
    for i, colour in enumerate(
        ("#0b5cad", "#b4480b", "#23743f", "#7a3d9a", "#8a6100", "#5b6470"), 1
    )
)
TONES = {
    "better": "var(--better,#1c7040)",
    "worse": "var(--worse,#b3261e)",
    "open": "var(--soft,#566070)",
}
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 1], [1, 3])
# Texts are measured in a wide font and drawn in the page's own, which is rarely wider.
_MEASURED = "monospace"
Numbers = Literal["fr-FR", "en-GB"]  # how a chart's axes write numbers
Chart = Mapping[str, Any]
Encoding = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A named curve: (x, y) in the order of x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Span:
    """An estimate with its interval, one row of a chart; `tone` is a key of TONES."""

    label: str
    value: float
    low: float
    high: float
    tone: str = "open"


@dataclass(frozen=True)
class Dot:
    """The value of one series in one row."""

    label: str
    series: str
    value: float


def line_chart(lines: Sequence[Line], x: str, y: str) -> Chart:
    """Plot curves over a common axis, which differ in colour, dash and the shape of points."""
    rows = [
        {"x": a, "y": b, "series": line.name, "place": place}
        for place, line in enumerate(lines)
        for a, b in line.points
    ]
    names = [line.name for line in lines]
    dashes = [
        {"test": f"datum.place === {i}", "value": _DASHES[i % len(_DASHES)]}
        for i in range(1, len(lines))
    ]
    few = max((len(line.points) for line in lines), default=0) <= 60
    return {
        "height": 260,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 36} if few else False},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x, "axis": {"grid": False}},
            "y": {"field": "y", "type": "quantitative", "title": y, "scale": {"zero": False}},
            "color": _by_series(names, SERIES),
            "strokeDash": {"condition": dashes, "value": [1, 0]},
            "shape": _by_series(names, _SHAPES),
        },
    }


def interval_chart(spans: Sequence[Span], x: str) -> Chart:
    """Plot each estimate with its interval, and a line at no difference: a forest plot."""
    rows = [{**vars(s), "place": i} for i, s in enumerate(spans)]
    tones = list(TONES)
    colour = {
        "field": "tone",
        "scale": {"domain": tones, "range": [TONES[t] for t in tones]},
        "legend": None,
    }
    shape = {"field": "tone", "scale": {"domain": tones, "range": [*_SHAPES[1:3], "circle"]}}
    y: Encoding = {"field": "label", "type": "nominal", "title": None}
    y |= {"sort": {"field": "place"}, "axis": {"labelLimit": 240, "domain": False, "ticks": False}}
    across: Encoding = {"field": "low", "type": "quantitative", "title": x}
    across |= {"scale": {"padding": 12}}
    return {
        "height": {"step": 30},
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": SOFT, "strokeDash": [4, 3]},
                "encoding": {"x": {"field": "zero", "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": {"x": across, "x2": {"field": "high"}, "y": y, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "x": {"field": "value", "type": "quantitative"},
                    "y": y,
                    "color": colour,
                    "shape": {**shape, "legend": None},
                },
            },
        ],
    }


def dot_chart(dots: Sequence[Dot], x: str, highest: float) -> Chart:
    """Plot rows of values from 0 to `highest`, a mark for each series, by colour and shape."""
    names = list(dict.fromkeys(d.series for d in dots))
    y: Encoding = {"field": "label", "type": "nominal", "sort": None, "title": None}
    y |= {"axis": {"grid": True, "labelLimit": 240, "domain": False, "ticks": False}}
    scale = {"domain": [0, highest]}
    return {
        "height": {"step": 30},
        "data": {"values": [vars(d) for d in dots]},
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 0.95},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "title": x, "scale": scale},
            "y": y,
            "color": _by_series(names, SERIES),
            "shape": _by_series(names, _SHAPES),
        },
    }


def _by_series(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    chosen = [values[i % len(values)] for i in range(len(names))]
    field = "series"
    scale = {"domain": list(names), "range": chosen}
    return {"field": field, "type": "nominal", "scale": scale, "title": None}


def draw(chart: Chart, width: int, title: str, description: str, numbers: Numbers = "fr-FR") -> str:
    """Draw a chart as an `<svg>` element `width` pixels wide; the texts are for screen readers.

    The same chart gives the same text.
    """
    import vl_convert

    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        **chart,
        "width": width,
        "padding": {"left": 2, "right": 18, "top": 4, "bottom": 4},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _config(width),
    }
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], format_locale=numbers)
    head, _, body = drawn.partition(">")
    box = re.search(r'viewBox="([\d. ]+)"', head)
    size = box.group(1) if box else f"0 0 {width} 300"
    tall, wide = size.split()[3], size.split()[2]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" width="{wide}" height="{tall}" '
        f'role="img"><title>{escape(title)}</title><desc>{escape(description)}</desc>{_plain(body)}'
    )


def _plain(body: str) -> str:
    """Remove the font that a drawing was measured in, and the roles of parts: it is one image."""
    body = body.replace(f' font-family="{_MEASURED}"', "")
    return body.replace(' role="graphics-object" aria-roledescription="group mark container"', "")


def _config(width: int) -> dict[str, Any]:
    text = {"labelFont": _MEASURED, "titleFont": _MEASURED, "labelColor": INK, "titleColor": SOFT}
    sizes = {"labelFontSize": 13, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "aria": False,
        "background": None,
        "view": {"stroke": None},
        "axis": {**text, **sizes, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE},
        "axisQuantitative": {"tickCount": max(3, width // 90), "labelFlush": False},
        "legend": {
            **text,
            **sizes,
            "orient": "top",
            "symbolSize": 90,
            "columns": max(2, width // 170),
            "symbolStrokeWidth": 2,
        },
    }


def standalone(svg: str) -> bytes:
    """Turn a chart into the content of an SVG file, in the default colours, on white."""
    plain = re.sub(r"var\(--[\w-]+,(#\w+)\)", r"\1", svg)
    backed = plain.replace("</desc>", '</desc><rect width="100%" height="100%" fill="#fff"/>', 1)
    backed = backed.replace("<svg ", '<svg font-family="sans-serif" ', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{backed}\n'.encode()
