"""What grading leaves: a table (CSV), a page for the class, and a page for each student."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter, defaultdict
from pathlib import Path

from course_utils.grading.grade import Row
from course_utils.store.atomic import write_atomically

COLUMNS = ("student", "lesson", "exercise", "state", "mistake", "attempts", "hints", "solution")
COLUMNS += ("seconds", "reasons", "remarks")
STATES = ("right", "not yet", "not attempted", "no Python", "stopped", "unknown")
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;margin:1em 0}
td,th{text-align:left;padding:.2em .8em;vertical-align:top;border-bottom:1px solid #8886}
pre{overflow-x:auto;padding:.5em;border-left:4px solid #8886}
.right{color:#00664B}.wrong{color:#A34300}@media(prefers-color-scheme:dark){
body{background:#16181a;color:#e6e6e6}.right{color:#5fd0ab}.wrong{color:#f0a070}a{color:#8cc4ff}}"""


def write(rows: list[Row], complaints: list[str], out: Path) -> list[Path]:
    """Write grades.csv, class.html and students/NAME.html; return their paths."""
    files = {out / "grades.csv": table(rows), out / "class.html": of_class(rows, complaints)}
    students = defaultdict(list)
    for row in rows:
        students[row.student].append(row)
    names: Counter[str] = Counter()
    for student, own in students.items():
        name = re.sub(r"[^\w-]+", "_", student) or "student"
        names[name.lower()] += 1
        more = f"-{names[name.lower()]}" if names[name.lower()] > 1 else ""
        files[out / "students" / f"{name}{more}.html"] = of_student(student, own)
    for path, text in files.items():
        write_atomically(path, text)
    return list(files)


def table(rows: list[Row]) -> str:
    """Return the grades as CSV, a line an exercise of a student.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        kept, grade = row.progress, row.grade
        cells = [row.student, row.lesson, grade.exercise, grade.state, grade.mistake]
        cells += [kept.get("attempts", ""), kept.get("hints", ""), kept.get("solution", "")]
        cells += [grade.seconds, " ".join(grade.reasons), "; ".join(row.remarks)]
        writer.writerow(["'" + c if re.match(r"[=+\-@\t\r]", str(c)) else c for c in cells])
    return text.getvalue()


def of_class(rows: list[Row], complaints: list[str]) -> str:
    """Return the page for the class: what went well, and which mistakes to talk about."""
    students = {row.student for row in rows}
    body = [f"<p>{len(students)} students, {len(rows)} answers.</p>"]
    for lesson in sorted({row.lesson for row in rows}):
        own = [row for row in rows if row.lesson == lesson]
        body += [f"<h2>{html.escape(lesson)}</h2>", _counts(own), *_mistakes(own)]
    remarked = [row for row in rows if row.remarks or row.grade.state in ("stopped", "no Python")]
    if remarked or complaints:
        body.append("<h2>Worth a look</h2><p>Not proofs: what a person should read.</p><ul>")
        body += [f"<li>{html.escape(line)}</li>" for line in complaints]
        for row in remarked:
            says = [*row.remarks, *(row.grade.reasons if row.grade.state != "not yet" else ())]
            what = f"{row.student}, {row.grade.exercise}: {'; '.join(says)}"
            body.append(f"<li>{html.escape(what)}</li>")
        body.append("</ul>")
    return _page("The class", body)


def _counts(rows: list[Row]) -> str:
    states = [s for s in STATES if any(row.grade.state == s for row in rows)]
    head = "".join(f"<th>{state}</th>" for state in ("exercise", *states))
    lines = []
    for exercise in dict.fromkeys(row.grade.exercise for row in rows):
        counts = Counter(row.grade.state for row in rows if row.grade.exercise == exercise)
        cells = "".join(f"<td>{counts[state]}</td>" for state in states)
        lines.append(f"<tr><td><code>{html.escape(exercise)}</code></td>{cells}</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def _mistakes(rows: list[Row]) -> list[str]:
    """List what to talk about: the mistakes of the class, those of most students first."""
    who = defaultdict(set)
    for row in rows:
        found = Counter(row.progress.get("mistakes", {}))
        found.update([row.grade.mistake] if row.grade.mistake else [])
        for name in found:
            who[row.grade.exercise, name].add(row.student)
    why = {(r.grade.exercise, r.grade.mistake): r.grade.why for r in rows if r.grade.mistake}
    if not who:
        return []
    lines = ["<h3>To talk about</h3><ul>"]
    for (exercise, name), students in sorted(who.items(), key=lambda item: -len(item[1])):
        n = f"{len(students)} student{'s' if len(students) != 1 else ''}"
        said = f" {html.escape(why[exercise, name])}" if (exercise, name) in why else ""
        names = f"<b>{html.escape(name)}</b> in <code>{html.escape(exercise)}</code>"
        lines.append(f"<li>{names}, {n}, now or on the way.{said}</li>")
    return [*lines, "</ul>"]


def of_student(student: str, rows: list[Row]) -> str:
    """Return a student's page: each answer with what the judge says of it."""
    right = sum(row.grade.state == "right" for row in rows)
    body = [f"<p>{right} of {len(rows)} exercises right.</p>"]
    for row in rows:
        grade, look = row.grade, "right" if row.grade.state == "right" else "wrong"
        title = f"{html.escape(row.lesson)}: <code>{html.escape(grade.exercise)}</code>"
        body.append(f"<h2>{title} <span class='{look}'>{html.escape(grade.state)}</span></h2>")
        if grade.mistake:
            known = f"{grade.mistake}: {grade.why}"
            body.append(f"<p>Known mistake, {html.escape(known)}</p>")
        body += [f"<p>{html.escape(reason)}</p>" for reason in grade.reasons]
        if row.source and grade.state != "not attempted":
            body.append(f"<pre>{html.escape(row.source)}</pre>")
    return _page(student, body)


def _page(title: str, body: list[str]) -> str:
    head = "<!doctype html><html lang='en'><meta charset='utf-8'>"
    head += "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    head += f"<title>{html.escape(title)}</title><style>{STYLE}</style>"
    return f"{head}<h1>{html.escape(title)}</h1>\n" + "\n".join(body) + "\n</html>\n"
