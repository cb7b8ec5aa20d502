"""The page of all pictures: small, with their words, each a link to its place in its lesson."""

import base64
import hashlib
import html
import io

from PIL import Image

SIZE = (280, 200)  # pixels, at most
QUALITIES = (45, 25, 10, 1)  # of WebP: the first that is small enough; 45 nearly always is
MOST_BYTES = 16_000  # of one small picture
INTRODUCTION = """# All pictures

{n} pictures of {lessons} lessons, with the words that a screen reader says for them. A picture
leads to its place in its lesson. The small ones here take {megabytes:.1f} MB in all; they are
loaded as you come to them.
"""


def anchor(png: bytes) -> str:
    """Return the name of a picture's place on its lesson's page."""
    return f"picture-{hashlib.sha256(png).hexdigest()[:16]}"


def pictures(notebook):
    """Yield (PNG, alt text) of a lesson's pictures in their order, each once."""
    seen = set()
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                png = base64.b64decode(data["image/png"])
                if png not in seen:
                    seen.add(png)
                    yield png, words(data, output.get("metadata", {}))


def words(data, metadata):
    """Return an output's alt text: of its metadata, else its plain text, unless that is a repr."""
    alt = metadata.get("image/png", {}).get("alt") or metadata.get("alt")
    text = data.get("text/plain", "")
    text = text if isinstance(text, str) else "".join(text)
    return alt or ("" if text.startswith("<") else text)


def small(png: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return a picture as a small WebP on white, and its width and height in pixels."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    paper = paper.convert("RGB")
    paper.thumbnail(SIZE, Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        buffer = io.BytesIO()
        paper.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue(), paper.size


def page(lessons, read, static) -> str:
    """Return the page as MyST Markdown; small pictures go to ``static``/small."""
    folder = static / "small"
    folder.mkdir(exist_ok=True)
    parts, count, with_pictures = [], 0, 0
    for path, place, course in lessons:
        entries = []
        for png, alt in pictures(read(path)):
            webp, size = small(png)
            (folder / f"{anchor(png)}.webp").write_bytes(webp)
            entries.append(entry(place, anchor(png), size, alt))
            count += 1
        if entries:
            with_pictures += 1
            heading = f"## {course['number']} · {course['title']}"
            parts += [heading, '<div class="pictures">\n' + "\n".join(entries) + "\n</div>"]
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    start = INTRODUCTION.format(n=count, lessons=with_pictures, megabytes=megabytes)
    return "\n\n".join([start, *parts]) + "\n"


def entry(place: str, name: str, size: tuple[int, int], alt: str) -> str:
    """Return the HTML of one picture: a link around it, its words below (so it needs no alt)."""
    width, height = size
    text = html.escape(" ".join(alt.split()))
    return (
        f'<figure><a href="lessons/{place}.html#{name}">'
        f'<img src="_static/small/{name}.webp" alt="" width="{width}" height="{height}" '
        'loading="lazy">'
        f"<figcaption>{text}</figcaption></a></figure>"
    )
