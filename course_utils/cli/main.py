"""The console script ``course``: collects the commands. Heavy imports wait inside them."""

import typer

from course_utils.cli import data, launch, ledger, list, refresh, run
from course_utils.cli.doctor.command import doctor

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would be most of the start-up time
    help="Gold mine or bubble? Generative AI from first principles, measured.",
)
app.command("doctor")(doctor)
app.command("list")(list.list_lessons)
app.command("run", cls=run.RunCommand)(run.run)
app.command("launch", cls=run.RunCommand)(launch.launch)
app.command("refresh")(refresh.refresh)
app.command("ledger")(ledger.ledger)
app.command("data")(data.data)
