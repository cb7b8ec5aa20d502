"""Outside links of the course: gather them, and ask each whether it is still there.

    python tools/links.py           ask every link; once a week a workflow does this
    python tools/links.py --list    only show them, and where they stand

arXiv numbers and DOIs count as links. A page that is gone (404, 410, no such host) is named with
the places that link to it, and the exit status is 1. A page that merely refuses programs is no
failure. Only Python itself is needed.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("*.md", "*.cff", "book/*.md", "book/*.toml", "data/*.md", "data/*.toml", "tests/*/*.md")
LINK = re.compile(r"https?://[^\s<>()\[\]\"'`|\\]+")
ARXIV = re.compile(r"arXiv:\s?(\d{4}\.\d{4,5}|[a-z-]+/\d{7})")
DOI = re.compile(r"doi:\s?(10\.\d{4,9}/[^\s,;<>\[\]]+)", re.IGNORECASE)
HERE = ("127.0.0.1", "0.0.0.0", "localhost", "host0")
GONE = (404, 410)
PAUSE = 3.0  # s between two questions to one host; arXiv asks for it


def links_of(text):
    """Return the outside links of a text, in order, each once.

    >>> links_of("See https://a.org/x, arXiv:1406.2661. Not http://127.0.0.1:8000")
    ['https://a.org/x', 'https://arxiv.org/abs/1406.2661']
    """
    found = []
    for match in LINK.finditer(text):
        link = match.group().rstrip(".,;:*")
        outside = urlparse(link).hostname not in HERE
        if outside and not re.search(r"[{}$]|OWNER", link):  # the latter: a form to fill
            found.append((match.start(), link))
    for pattern, base in ((ARXIV, "https://arxiv.org/abs/"), (DOI, "https://doi.org/")):
        found += [(m.start(), base + m.group(1).rstrip(".)")) for m in pattern.finditer(text)]
    return list(dict.fromkeys(link for _, link in sorted(found)))


def markdown_of(notebook):
    """Return the text of a notebook's Markdown cells."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def gather(root=ROOT):
    """Return {link: [files that hold it]} of the course's texts and lessons, sorted."""
    found = {}
    files = [path for pattern in TEXTS for path in root.glob(pattern)]
    for path in sorted(set(files) | set(root.glob("notebooks/*/*.ipynb"))):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = markdown_of(json.loads(text))
        for link in links_of(text):
            found.setdefault(link, []).append(path.relative_to(root).as_posix())
    return dict(sorted(found.items()))


def ask(link, timeout=30):
    """Return None if a page is there or refuses programs, else why it counts as gone."""
    request = urllib.request.Request(link, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    try:
        with urllib.request.urlopen(request, timeout=timeout):
            return None
    except urllib.error.HTTPError as error:
        return "answers {}".format(error.code) if error.code in GONE else None
    except (OSError, ValueError) as error:
        return "cannot be reached: {}".format(error)


def ask_all(found, pause=PAUSE, tries=2):
    """Yield (link, why, files) for every link that is gone at each of its tries."""
    asked = {}  # host: when it was asked last
    for link, files in found.items():
        host, why = urlparse(link).hostname, "never asked"
        for _ in range(tries):
            time.sleep(max(0.0, asked.get(host, -pause) + pause - time.monotonic()))
            asked[host] = time.monotonic()
            why = ask(link)
            if why is None:
                break
        if why:
            yield link, why, files


def main(argv=None):
    parser = argparse.ArgumentParser(
        description="Ask the course's outside links for a sign of life."
    )
    parser.add_argument("--list", action="store_true", help="only show them")
    options = parser.parse_args(argv)
    found = gather()
    if options.list:
        for link, files in found.items():
            print(link, " ", ", ".join(files))
        return 0
    gone = list(ask_all(found))
    for link, why, files in gone:
        print("{} {}; it stands in {}".format(link, why, ", ".join(files)))
    print("{} links asked, {} gone.".format(len(found), len(gone)))
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
