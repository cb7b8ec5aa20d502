"""Sphinx settings of the book. build.py copies this file, the pages and the lessons together."""

import json
from pathlib import Path

from docutils import nodes

HERE = Path(__file__).resolve().parent

project = "Gold mine or bubble?"
author = "The course authors"
copyright = "The course authors. Text CC BY 4.0, code MIT"
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax"]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "myst.mathjax"]

# Lessons are shown as they were run; nothing is executed here.
nb_execution_mode = "off"
nb_output_stderr = "remove"  # progress bars
nb_merge_streams = True
nb_ipywidgets_js = {}  # explorers show their stored picture; no widget script from elsewhere

# Formulas: MathJax 3 as SVG, copied next to the pages by build.py, so they show without a network
# and also from a file:// address, where browsers may refuse to load web fonts.
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {
    "tex": {"macros": {"E": r"\mathbb{E}", "KL": r"\mathrm{KL}"}},
    "svg": {"fontCache": "global"},
    "options": {"enableMenu": False},  # its menu would fetch what is not here
}

html_theme = "sphinx_book_theme"
html_title = "Gold mine or bubble?"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["moving.js"]
html_copy_source = True
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "use_download_button": True,
    "use_fullscreen_button": True,
    "use_repository_button": False,
    "use_edit_page_button": False,
    "use_issues_button": False,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "toc_title": "On this page",
    "navigation_with_keys": False,
    "navbar_start": [],
    "navbar_persistent": [],  # the search field stands in the side bar already
    "search_bar_text": "Search (English or 中文)",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def give_images_their_alt_text(app, doctree):
    """Put the alt text stored beside each figure of a lesson into the page, and name its place."""
    seen = set()
    for image in doctree.findall(nodes.image):
        key = Path(image["uri"]).stem  # MyST-NB names a stored picture by its SHA-256
        alt = ALT_TEXTS.get(key)
        if alt:
            image["alt"] = alt
        if len(key) == 64 and key not in seen:
            seen.add(key)
            image["ids"].append(f"picture-{key[:16]}")  # as figures.anchor does


def setup(app):
    app.connect("doctree-read", give_images_their_alt_text)


_alt_file = HERE / "alt_texts.json"  # written by build.py: {hash of the picture: alt text}
ALT_TEXTS = json.loads(_alt_file.read_text(encoding="utf-8")) if _alt_file.exists() else {}
