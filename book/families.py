"""Put the four families' stored results into the README: a table and a picture.

Reads the sweep of laboratory 54b (``data/results/54b_four_families.jsonl``) and the samples of its
seed 0 (``data/results/four_families``), so that the README never says what no lesson measured.
`make notebooks` runs this.
"""

import io
from pathlib import Path
from statistics import fmean

from PIL import Image, ImageDraw

from course_utils.judging import results
from course_utils.maths.checking import interval
from course_utils.store import sweeps
from course_utils.store.atomic import write_atomically

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "book" / "_static" / "same_minute.png"
START, END = "<!-- same-minute -->", "<!-- /same-minute -->"
SWEEP = "54b_four_families"
FAMILIES = {"GAN": "22b", "VAE": "31", "diffusion": "41", "Transformer": "54b"}  # taught by
HELP = {"told": "told the label", "not": "not told"}
COLUMNS = ("precision", "recall", "coverage")
LEFT, TOP = 96, 24  # picture pixels beside and above the samples, for names


def table(where: Path | None = None) -> str:
    """Return the README's rows, one for each family and help; SweepError if one is missing."""
    titles = ["family", "lesson", "label", "floors", "95 %", *COLUMNS, "as asked", "s a 1,000"]
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for told, says in HELP.items():
        for family, lesson in FAMILIES.items():
            floors = _stored(family, told, "floors", where)
            low, high = interval(floors)
            shown = [f"{fmean(_stored(family, told, name, where)):.2f}" for name in COLUMNS]
            asked = f"{fmean(_stored(family, told, 'obeys', where)):.0%}" if told == "told" else "–"
            seconds = f"{fmean(_stored(family, told, 'drawn', where)):.2f}"
            cells = [family, lesson, says, f"{fmean(floors):.1f}", f"{low:.1f} to {high:.1f}"]
            lines.append(f"| {' | '.join([*cells, *shown, asked, seconds])} |")
    return "\n".join(lines)


def _stored(family: str, told: str, name: str, where: Path | None) -> list[float]:
    return sweeps.values(SWEEP, f"{family}_{told}_{name}", where=where, measure=True)


def picture(where: Path | None = None) -> bytes:
    """Return the stored samples as PNG: a family a row; told the label left, not told right."""
    stored = {
        (family, told): results.load(f"four_families/{family}_{told}", where=where)[1]
        for family in FAMILIES
        for told in HELP
    }
    walls = {place: Image.open(io.BytesIO(content)) for place, content in stored.items()}
    width = max(wall.width for wall in walls.values()) + 12
    height = max(wall.height for wall in walls.values()) + 8
    page = Image.new("L", (LEFT + 2 * width, TOP + len(FAMILIES) * height), 255)
    draw = ImageDraw.Draw(page)
    for column, says in enumerate(HELP.values()):
        draw.text((LEFT + column * width, 6), says, fill=0)
    for row, family in enumerate(FAMILIES):
        draw.text((8, TOP + row * height + height // 2 - 10), family, fill=0)
        for column, told in enumerate(HELP):
            page.paste(walls[family, told], (LEFT + column * width, TOP + row * height))
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def renewed(text: str, rows: str) -> str:
    """Return a README's text with ``rows`` between its two same-minute comments.

    Raises ValueError if the comments are not there, once each and in order.
    """
    before, start, rest = text.partition(START)
    _old, end, after = rest.partition(END)
    if not (start and end) or START in rest or END in after:
        raise ValueError(f"the README needs {START} and, after it, {END}, once each")
    return f"{before}{START}\n{rows}\n{END}{after}"


if __name__ == "__main__":
    readme = ROOT / "README.md"
    write_atomically(PICTURE, picture())
    write_atomically(readme, renewed(readme.read_text("utf8"), table()))
