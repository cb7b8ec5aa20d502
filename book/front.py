"""Take the front page's picture out of lesson 00: what a newcomer sees is what the lesson drew.

The picture is the output of the code cell tagged "front". `make notebooks` runs this.
"""

import base64
from pathlib import Path

from course_utils import notebooks
from course_utils.store.atomic import write_atomically

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "0_start" / "00_start_here.ipynb"
PICTURE = ROOT / "book" / "_static" / "front.png"


def front_picture(lesson: Path) -> bytes:
    """Return the PNG stored in the cell tagged "front"; ValueError if there is not exactly one."""
    found = [
        output["data"]["image/png"]
        for cell in notebooks.code_cells(notebooks.read(lesson))
        if "front" in notebooks.tags(cell)
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    if len(found) != 1:
        raise ValueError(f"{lesson.name}: {len(found)} pictures in cells tagged 'front', not 1")
    return base64.b64decode(notebooks.text_of(found[0]))


if __name__ == "__main__":
    write_atomically(PICTURE, front_picture(LESSON))
