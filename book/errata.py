"""The page Errata: what the articles say, what is right, and where the course shows it.

The sentences stand in book/errata.toml; build.py writes the page into the book.
"""

import tomllib
from pathlib import Path

TOML = Path(__file__).resolve().parent / "errata.toml"
ORDINALS = ("first", "second", "third", "fourth", "fifth")
INTRODUCTION = """# Errata

The course grew out of five articles on generative AI. This page lists what they get wrong, as far
as the lessons answer for it: what is said, what is right, and the lesson in which you can see it
happen. Behind every row stand tests in which the wrong form fails and the right one passes; the
command after the lesson runs them. The articles are named by what they are about, and a slip that
several of them share stands under the first.
"""


def load(path: Path = TOML) -> dict:
    """Return {"articles": [{name, about}], "errata": [{id, articles, wrong, right, ...}]}."""
    return tomllib.loads(path.read_text("utf8"))


def page(lessons: list[tuple[Path, str, dict]], content: dict) -> str:
    """Return the page as MyST Markdown. lessons: as build.find_lessons gives them."""
    here = {course["number"]: (place, course["title"]) for _path, place, course in lessons}
    blocks = [INTRODUCTION]
    for number, article in enumerate(content["articles"], start=1):
        blocks.append(f"## {article['name']}: {article['about']}\n")
        blocks += [row(e, here) for e in content["errata"] if e["articles"][0] == number]
    return "\n".join(blocks)


def row(erratum: dict, here: dict[str, tuple[str, str]]) -> str:
    """Return one erratum, with an anchor of its id in small letters."""
    id_ = erratum["id"]
    shared = [ORDINALS[number - 1] for number in erratum["articles"][1:]]
    also = f" (So the {' and the '.join(shared)} article.)" if shared else ""
    places = [shown_in(number, place, here) for number, place in erratum["where"].items()]
    return (
        f"({id_.lower()})=\n**{id_}** {erratum['wrong']}{also}\\\n**Right:** {erratum['right']}\\\n"
        f"[{' · '.join([*places, *commands(id_, erratum['tests'])])}]{{.costs}}\n"
    )


def shown_in(number: str, place: str, here: dict[str, tuple[str, str]]) -> str:
    """Return the place in a lesson; a link where that lesson is in the book."""
    if number not in here:
        return f"lesson {number}, {place}"
    path, title = here[number]
    return f"[{number} {title}](lessons/{path}), {place}"


def commands(id_: str, tests: list[str]) -> list[str]:
    """Return the commands that run an erratum's tests, one for each file that holds some."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    return [f"`pytest {file} -k r{int(id_[1:]):03d}`" for file in files]
