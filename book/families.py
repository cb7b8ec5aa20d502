"""Put the four families' stored results into the README: a table and a picture.

Reads ``data/results/same_minute``, where lessons 22, 31b, 41 and 54b write, so that the README
never says what no lesson measured. `make notebooks` runs this.
"""

import io
import json
from pathlib import Path

from PIL import Image, ImageDraw

from course_utils.judging import results
from course_utils.maths.checking import interval
from course_utils.store.atomic import write_atomically

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "book" / "_static" / "same_minute.png"
START, END = "<!-- same-minute -->", "<!-- /same-minute -->"
FAMILIES = {  # stored result: (name in the picture, lesson)
    "gan": ("GAN", "22"),
    "vae": ("VAE", "31"),
    "diffusion": ("diffusion", "41"),
    "transformer": ("Transformer", "54b"),
}
SEEDS = {  # stored rows: (name, the column of floors)
    "dcgan": ("the GAN", "average_floors"),
    "diffusion": ("diffusion", "floors"),
}
MARGIN = 96  # picture pixels left of the samples, for the family's name


def table(where: Path | None = None) -> str:
    """Return the README's rows, a family each; ResultError if one is missing."""
    titles = "family samples lesson classifier-FID floors precision recall coverage"
    titles += " samples/s weights trained"
    columns = titles.split()
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for family, (title, lesson) in FAMILIES.items():
        s, _picture, _made_by = results.load(f"same_minute/{family}", where=where)
        lines.append(
            f"| {title} | {s.name} | {lesson} | {s.fid:.1f} | {s.floors:.1f} | {s.precision:.2f} "
            f"| {s.recall:.2f} | {s.coverage:.2f} | {s.samples_per_second:,.0f} "
            f"| {s.n_weights:,} | {s.train_seconds:.0f} s |"
        )
    return "\n".join([*lines, "", seeds(where)])


def seeds(where: Path | None = None) -> str:
    """Return one sentence on the families whose five seeds are stored, with 95 % intervals."""
    parts = []
    for family, (name, column) in SEEDS.items():
        path = (where or results.folder()) / f"{family}_seeds.json"
        rows = json.loads(path.read_text("utf8"))["rows"]
        floors = [row[column] for row in rows]
        low, high = interval(floors)
        mean = sum(floors) / len(floors)
        parts.append(f"{name} {mean:.1f} floors [{low:.1f}, {high:.1f}] over {len(rows)} seeds")
    return f"One run ranks nothing: {'; '.join(parts)}."


def picture(where: Path | None = None) -> bytes:
    """Return the four stored pictures one below the other, each with its family's name, as PNG."""
    stored = {
        family: Image.open(io.BytesIO(results.load(f"same_minute/{family}", where=where)[1]))
        for family in FAMILIES
    }
    width = max(image.width for image in stored.values())
    height = sum(image.height for image in stored.values())
    page = Image.new("L", (MARGIN + width, height), 255)
    draw, top = ImageDraw.Draw(page), 0
    for family, image in stored.items():
        page.paste(image, (MARGIN, top))
        draw.text((8, top + image.height // 2 - 6), FAMILIES[family][0], fill=0)
        top += image.height
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
