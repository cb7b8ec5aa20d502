"""``course doctor``: says in plain words what is wrong with a machine, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from course_utils.cli.doctor.finding import Finding

Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]
MARKS = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]FAIL[/red]"}


def doctor(as_json: Json = False) -> None:
    """Examine this machine and say what to do. Exit status 1 if lessons cannot run on it."""
    from course_utils.cli.doctor.software import PROBES

    findings = examine(PROBES)
    fatal = any(finding.status == "fail" for finding in findings)
    if as_json:
        report = {"ok": not fatal, "findings": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(report, indent=1))
    else:
        render(findings)
    raise typer.Exit(1 if fatal else 0)


def examine(probes: Iterable[Callable[[], Finding]]) -> list[Finding]:
    """Call every probe; one that breaks becomes a finding of its own."""
    findings = []
    for probe in probes:
        try:
            findings.append(probe())
        except Exception as error:
            says = f"could not be examined: {type(error).__name__}: {error}"
            do = "reinstall the course: pip install -r requirements.txt"
            findings.append(Finding(probe.__name__, "fail", says, do))
    return findings


def render(findings: list[Finding]) -> None:
    """Print the findings, one a line, with the cure below where there is one."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        console.print(f"{MARKS[finding.status]} {finding.name:{width}}  {escape(finding.says)}")
        if finding.do:
            console.print(f"     {'':{width}}  -> {escape(finding.do)}")
    counts = {s: sum(finding.status == s for finding in findings) for s in MARKS}
    if counts["fail"]:
        console.print(f"{counts['fail']} to mend before lessons can run.")
    elif counts["warn"]:
        console.print(f"Lessons run here; {counts['warn']} to know about.")
    else:
        console.print("All is well: run 'make lab'.")
