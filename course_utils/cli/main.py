"""The console script ``course``: collects the commands. Heavy imports wait inside them."""

import sys

import typer

from course_utils.cli import (
    challenge,
    colab,
    data,
    grade,
    hand_in,
    launch,
    ledger,
    list,
    nbgrader,
    new,
    plan,
    progress,
    refresh,
    run,
    slides,
)
from course_utils.cli.doctor.command import doctor
from course_utils.cli.full.command import full
from course_utils.cli.sweep.command import sweep

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would be most of the start-up time
    help="Gold mine or bubble? Generative AI from first principles, measured.",
)


@app.callback()
def never_fail_to_print() -> None:
    """Replace signs that the console or the file behind it cannot hold, as a Windows pipe's."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


app.command("doctor")(doctor)
app.command("list")(list.list_lessons)
app.command("run")(run.run)
app.command("launch")(launch.launch)
app.command("full")(full)
app.command("new")(new.new)
app.command("refresh")(refresh.refresh)
app.command("challenge")(challenge.challenge)
app.command("sweep")(sweep)
app.command("progress")(progress.progress)
app.command("plan")(plan.plan)
app.command("slides")(slides.slides)
app.command("colab")(colab.colab)
app.command("hand-in")(hand_in.hand_in)
app.command("grade")(grade.grade)
app.command("nbgrader")(nbgrader.nbgrader)
app.command("ledger")(ledger.ledger)
app.command("data")(data.data)

if __name__ == "__main__":
    app()
