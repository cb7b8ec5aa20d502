"""The console script ``course``: collects the commands. Heavy imports wait inside them."""

import typer

from course_utils.cli import data, doctor, launch, lessons, refresh, run, show

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would be most of the start-up time
    help="Gold mine or bubble? Generative AI from first principles, measured.",
)
app.command("doctor")(doctor.doctor)
app.command("list")(lessons.list_lessons)
app.command("run", cls=run.RunCommand)(run.run)
app.command("launch", cls=run.RunCommand)(launch.launch)
app.command("refresh")(refresh.refresh)
app.command("show")(show.show)
app.command("data")(data.data)
