"""Cards: HTML with a plain-text twin. Everything that comes from a student is escaped."""

import html
from collections.abc import Iterable

# After Okabe and Ito's palette, darkened: white signs are readable on these colours (4.5 : 1),
# and the colours can be seen on white and on JupyterLab's dark pages (3 : 1).
_LOOK = {
    "not attempted": ("#6E6E6E", "○"),
    "right": ("#007A59", "✓"),
    "not yet": ("#BD4F00", "✗"),
    "info": ("#0072B2", "→"),
}


def show_card(title: str, paragraphs: Iterable[str], *, look: str, code: str = "") -> None:
    """Display a card. paragraphs: plain text; code: shown in a fixed-width block."""
    paragraphs = list(paragraphs)
    colour, sign = _LOOK[look]
    text = f"{sign} {title}\n" + "\n".join(f"  {p}" for p in paragraphs)
    if code:
        text += "\n\n" + code.rstrip()
    body = "".join(f"<p style='margin:.25em 0'>{html.escape(p)}</p>" for p in paragraphs)
    if code:
        body += f"<pre style='margin:.5em 0;padding:.5em'>{html.escape(code)}</pre>"
    page = (
        f"<div style='border-left:5px solid {colour};padding:.4em .9em;margin:.3em 0'>"
        f"<p style='margin:.1em 0'><b style='background-color:{colour};color:#FFFFFF;"
        f"padding:0 .35em'>{sign}</b> <b>{html.escape(title)}</b></p>{body}</div>"
    )
    show_bundle(page, text.rstrip())


def show_bundle(page: str, text: str) -> None:
    """Display HTML with its plain-text twin; print the text where there is no notebook."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(text)
    else:
        display({"text/html": page, "text/plain": text}, raw=True)


def table_card(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Show a small table, as HTML and as aligned text."""
    table = [header, *rows]
    widths = [max(len(r[k]) for r in table) for k in range(len(header))]
    text = "\n".join("  ".join(v.ljust(w) for v, w in zip(r, widths, strict=True)) for r in table)
    cell = "<td style='text-align:left;padding:.15em .8em'>{}</td>"
    body = "".join(
        "<tr>" + "".join(cell.format(html.escape(v)) for v in row) + "</tr>" for row in rows
    )
    head = "".join(f"<th style='text-align:left;padding:.15em .8em'>{h}</th>" for h in header)
    page = f"<p><b>{html.escape(title)}</b></p><table><tr>{head}</tr>{body}</table>"
    show_bundle(page, f"{title}\n{text}")
