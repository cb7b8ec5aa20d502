"""``course ledger``: every claim that lessons measured on this machine."""

from __future__ import annotations

import typer


def ledger() -> None:
    """Show the measured claims of all lessons that ran here."""
    from rich.console import Console
    from rich.table import Table

    from course_utils.store import ledger as store

    rows = store.rows()
    if not rows:
        typer.echo("The ledger is empty: run a lesson that measures a claim.")
        return
    table = Table("claim", "what is said", "measured", "verdict", show_lines=True)
    for row in rows:
        run = "" if (row["profile"], row["seed"]) == ("quick", 0) else _run(row)
        table.add_row(row["key"] + run, _said(row), _measured(row), row["verdict"] or "(measured)")
    Console().print(table)


def _run(row: dict) -> str:
    return f"\n{row['profile']}, seed {row['seed']}"


def _said(row: dict) -> str:
    """Write a claim's sentence and, where a rule decided it, the rule."""
    lines = [row["statement"]]
    if row.get("rule"):
        lines += [f"{row['measure']}: {row['rule']}"]
    if row.get("one_run"):
        lines += ["one run: says nothing about other seeds"]
    if row.get("changed"):
        lines += [f"changed after a number was seen: {row['changed']}"]
    return "\n".join(lines)


def _measured(row: dict) -> str:
    """Write a claim's number with its unit, interval, count and baseline."""
    unit = f" {row['unit']}" if row.get("unit") else ""
    text = f"{row['value']:.4g}{unit}"
    if row.get("interval"):
        text += f" [{row['interval'][0]:.4g}, {row['interval'][1]:.4g}]"
    if row.get("n"):
        text += f", n = {row['n']}"
    if row.get("baseline") is not None:
        text += f"; baseline {row['baseline']:.4g}"
    return text
