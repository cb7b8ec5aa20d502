"""A lesson of five cells, stored with outputs, to try the book on."""

import base64
import io

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ALT = "A straight line from the lower left to the upper right."
MOVING_ALT = "A flat bar of width 2."
CARD = "<div style='border-left:5px solid #8A8A8A'><p><b>toy_mean: not attempted</b></p></div>"
COURSE = {
    "id": "98_toy",
    "title": "Toy",
    "part": "0_start",
    "promise": "You see a formula, a figure and a card.",
    "able": ["read a toy lesson"],
    "minutes": 1,
    "seconds": 2.4,
    "memory_mb": 300,
}


def line_png():
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(image).line((10, 190, 310, 10), fill=(0, 114, 178), width=4)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def moving_output():
    """An explorer with frames: a number and a choice, six pictures of six widths."""
    from course_utils.page import frames

    def draw(values):
        file = io.BytesIO()
        Image.new("RGB", (40 + 10 * values["n"] + (values["kind"] == "b"), 20), "teal").save(
            file, "PNG"
        )
        return file.getvalue()

    from PIL import Image

    made = frames.bundle(draw, {"n": (1, 3, 1, 2), "kind": ["a", "b"]})
    png = base64.b64encode(draw({"n": 2, "kind": "a"})).decode()
    data = {"image/png": png, "text/plain": MOVING_ALT, frames.BUNDLE: made}
    return new_output("display_data", data=data, metadata={"image/png": {"alt": MOVING_ALT}})


def toy_notebook():
    """Formulas, a figure with a live widget view beside it, an exercise card."""
    widget = {"version_major": 2, "version_minor": 0, "model_id": "0123456789abcdef"}
    figure = new_output(
        "display_data",
        data={
            "image/png": line_png(),
            "text/plain": ALT,
            "application/vnd.jupyter.widget-view+json": widget,
        },
        metadata={"image/png": {"alt": ALT}},
    )
    card = new_output("display_data", data={"text/html": CARD, "text/plain": "not attempted"})
    maths = (
        "## Step 1\n\nInline $p(x) = \\frac{1}{2}$, displayed\n\n"
        "$$\\mathrm{KL}(p\\,\\|\\,q) = \\sum_x p(x) \\log\\frac{p(x)}{q(x)}$$\n\nand aligned\n\n"
        "\\begin{align}\na &= b + \\cancel{c} \\\\\n  &= d\n\\end{align}"
    )
    cells = [
        new_markdown_cell("# 98 · Toy\n\nA lesson to try the book on."),
        new_markdown_cell(maths),
        new_code_cell("draw(1.0)", execution_count=1, outputs=[figure]),
        new_code_cell("toy_mean = ...", execution_count=2, outputs=[card]),
        new_code_cell("explorer(draw)", execution_count=3, outputs=[moving_output()]),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata["course"] = COURSE
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return notebook


def write_toy(folder):
    path = folder / "0_start" / "98_toy.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(toy_notebook(), path)
    return path
