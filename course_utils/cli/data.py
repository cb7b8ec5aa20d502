"""``course data``: the data sets, where they come from, whether they are intact."""

from __future__ import annotations

import typer


def data() -> None:
    """List the data sets with licence, size and checksum; exit status 1 if one is damaged."""
    from rich.console import Console
    from rich.table import Table

    from course_utils.data import check, datasets

    table = Table("name", "package", "licence", "size", "intact", "lessons")
    findings = check()
    known = datasets()
    for name, ok, _ in findings:
        dataset = known[name]
        table.add_row(
            name,
            f"{dataset.distribution or dataset.package} {dataset.version}",
            dataset.licence,
            f"{dataset.bytes / 1e6:.2f} MB",
            "[green]yes[/green]" if ok else "[red]no[/red]",
            ", ".join(dataset.lessons),
        )
    console = Console()
    console.print(table)
    for _, ok, sentence in findings:
        if not ok:
            console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    if not all(ok for _, ok, _ in findings):
        raise typer.Exit(1)
