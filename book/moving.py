"""Explorers that move in the book, without a kernel: pictures drawn before, and a few sliders."""

import base64
import hashlib
import html
import json

from book import figures
from course_utils.page.frames import BUNDLE

UP = "../../_static/frames/"  # from lessons/PART/NAME.html


def replace(data, metadata, static):
    """Turn an output's frames into a page element; _static/moving.js brings it to life.

    Without JavaScript the first picture stands there, as in a book without frames.
    """
    frames = data.pop(BUNDLE, None)
    start = ",".join(str(knob["start"]) for knob in frames["knobs"]) if frames else ""
    if not frames or start not in frames["frames"]:
        return
    name = figures.anchor(base64.b64decode(data["image/png"])) if "image/png" in data else ""
    folder = static / "frames"
    folder.mkdir(exist_ok=True)
    files = {}
    for key, text in frames["frames"].items():
        webp = base64.b64decode(text)
        file = f"{hashlib.sha256(webp).hexdigest()[:20]}.webp"
        (folder / file).write_bytes(webp)
        files[key] = file
    alt = metadata.get("image/png", {}).get("alt") or data.get("text/plain", "")
    told = {"knobs": frames["knobs"], "grid": frames["grid"], "files": files, "folder": UP}
    data["text/html"] = element(json.dumps(told, ensure_ascii=False), UP + files[start], alt, name)
    data.pop("image/png", None)


def element(told, source, alt, name=""):
    """Return the HTML of one explorer; ``name``: of its place on the page."""
    told, alt = html.escape(told, quote=True), html.escape(alt, quote=True)
    return (
        f'<figure class="explorer" id="{name}" data-frames="{told}"><div class="knobs"></div>'
        f'<img src="{source}" alt="{alt}"></figure>'
    )
