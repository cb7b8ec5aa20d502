"""The answer key: a page a lesson, from the exercises themselves. Built only when asked for.

What an instructor needs in class stands together: our solution, the hints, and every mistake that
the check knows by name, with what it says to the student.
"""

from course_utils import notebooks as nb
from course_utils.exercises.desk import find
from course_utils.exercises.spec import Exercise
from course_utils.page.source import source_of

INTRODUCTION = """# Answer key

For instructors: this part is in the book because it was built with `--answers`. Do not publish it
where your students read. Each exercise has our solution (any other that passes is as good), what a
right answer must satisfy, the hints in their order, and the mistakes that the check knows by name,
with the sentence that a student reads.
"""


def exercises(notebook: dict) -> list[Exercise]:
    """Return the exercises of a lesson, in their order on the page."""
    found = [find(name) for name in nb.exercise_names(notebook)]
    return [exercise for exercise in found if exercise is not None]


def page(title: str, place: str, known: list[Exercise]) -> str:
    """Return a lesson's answer key as Markdown. place: of the lesson's page in the book."""
    minutes = sum(exercise.about.minutes for exercise in known)
    n = f"{len(known)} exercise{'s' if len(known) != 1 else ''}"
    head = [f"# Answers: {title}", "", f"{n}, {minutes} minutes. [The lesson](/lessons/{place})"]
    return "\n".join([*head, "", *(block(exercise) for exercise in known)])


def block(exercise: Exercise) -> str:
    """Return one exercise's part of the page."""
    about = exercise.about
    lines = [
        f"## {exercise.name}",
        "",
        f"Difficulty {about.difficulty} of 5, {about.minutes} minutes; explained in {about.see}.",
        "",
        "```python",
        source_of(exercise.reference).rstrip(),
        "```",
        "",
    ]
    if exercise.properties:
        names = "; ".join(plain(prop.name) for prop in exercise.properties)
        lines += [f"**What must hold:** {names}.", ""]
    lines += ["**Hints**", ""]
    lines += [f"{n}. {plain(text)}" for n, text in enumerate(exercise.hints, start=1)]
    lines += ["", "**Mistakes to talk about**", ""]
    for mistake in exercise.mistakes:
        lines += [f"{plain(mistake.name)}", f": {plain(mistake.why)}", ""]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Keep a sentence as it is: signs that Markdown would read as commands are escaped.

    >>> plain("x_0 * y_0")
    'x\\\\_0 \\\\* y\\\\_0'
    """
    signs = "\\`*_{}[]<>$#|~"
    return "".join("\\" + sign if sign in signs else sign for sign in text)
