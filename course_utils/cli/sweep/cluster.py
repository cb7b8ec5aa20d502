"""A sweep on many machines through Dask, which hands the run of a lost worker to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def rows(address: str, tasks: Iterable[dict[str, Any]]) -> Iterator[dict]:
    """Yield rows as workers finish them. tasks: the keyword arguments of ``row.run``, one a run.

    A run is tried again on another worker when its own is lost; after three such losses it is a
    row that says so. Raises ValueError, in one sentence, without Dask or without a scheduler.
    """
    try:
        from dask.distributed import Client, as_completed
    except ImportError as error:
        raise ValueError(
            "--scheduler needs Dask, which the lessons do not: pip install -e '.[cluster]'"
        ) from error
    from course_utils.cli.sweep import row

    try:
        client = Client(address, timeout=30)
    except (OSError, TimeoutError) as error:
        raise ValueError(f"no Dask scheduler answers at {address}") from error
    with client:
        waiting = {client.submit(row.run, **task, pure=False): task for task in tasks}
        for future in as_completed(list(waiting)):
            if future.status == "finished":
                yield future.result()
            else:
                yield _lost(waiting[future], future.exception())


def _lost(task: dict[str, Any], error: BaseException | None) -> dict:
    """Return the row of a run whose workers died, or that could not be handed over."""
    from course_utils.cli.execute import Result
    from course_utils.cli.sweep import row

    job = task["job"]
    reason = f"{type(error).__name__}: {error}"
    result = Result(job.name, job.path, job.out, "died", 0.0, 0.0, error=reason)
    return row.of(result, task["parameters"], lesson=task["lesson"], code_hash=task["code_hash"])
