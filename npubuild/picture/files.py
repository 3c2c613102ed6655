"""A picture as a file: SVG, PNG (with the extra `report`), or an HTML page with the SVG in it."""

from __future__ import annotations

import os
from html import escape
from pathlib import PurePath

from npubuild.errors import Place, UserError
from npubuild.files import write_atomically

SUFFIXES = (".svg", ".png", ".html")
SCALE = 2.0  # pixels of a PNG for each px of the picture
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
<title>{title}</title>
<style>body {{ margin: 0; overflow-x: auto; }} svg {{ display: block; margin: 0 auto; }}</style>
</head>
<body>
{picture}</body>
</html>
"""


def require_known_suffix(path: str | os.PathLike[str]) -> str:
    """The ending of the file name, which says what is written; UserError for any other than .svg, .png and .html."""
    suffix = PurePath(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError.at(Place(os.fspath(path)), "is no kind of picture", hint=f"the name ends with {', '.join(SUFFIXES)}")
    return suffix


def write_picture(path: str | os.PathLike[str], svg: str, title: str, theme: str = "auto") -> None:
    """Write an SVG as what the file's name says. A PNG of theme auto is light."""
    suffix = require_known_suffix(path)
    if suffix == ".png":
        write_atomically(path, _png(svg))
    elif suffix == ".html":
        scheme = "light dark" if theme == "auto" else theme
        write_atomically(path, _PAGE.format(scheme=scheme, title=escape(title), picture=svg))
    else:
        write_atomically(path, svg)


def _png(svg: str) -> bytes:
    try:
        import cairosvg
    except (ImportError, OSError) as error:  # OSError: the package is there, the cairo library is not
        raise UserError.at(
            None,
            f"PNG files need the Python package cairosvg and the library cairo: {error}",
            hint="pip install 'npubuild[report]' (and apt install libcairo2), or write an .svg or .html file",
        ) from error
    data: bytes = cairosvg.svg2png(bytestring=svg.encode(), scale=SCALE)
    return data
