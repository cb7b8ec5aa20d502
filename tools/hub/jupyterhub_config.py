"""A JupyterHub for one room: every student has a folder and kernels of this course's .venv.

How to install and start it: the book's page for instructors. It is meant for a room that you know:
one shared password, and processes of one account, so students could read each other's folders. For
more than that, take JupyterHub's own spawners (system accounts, containers) with these settings.
"""

import os
import shutil
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator

c = get_config()  # noqa: F821 - JupyterHub defines it
ROOT = Path(__file__).resolve().parents[2]
HOMES = Path(os.environ.get("COURSE_HUB_HOMES", ROOT / "build" / "hub"))
CORES = os.environ.get("COURSE_HUB_THREADS", "1")  # of a kernel; quick lessons take one anyway


def give_lessons(spawner):
    """Copy the lessons into a student's folder once; what is there is never overwritten."""
    home = HOMES / spawner.user.name
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "notebooks").exists():
        shutil.copytree(ROOT / "notebooks", home / "notebooks")
    spawner.environment["COURSE_BUILD"] = str(home / "build")


if not os.environ.get("COURSE_HUB_PASSWORD"):
    raise SystemExit("set COURSE_HUB_PASSWORD, the password of the room, and start again")

c.JupyterHub.authenticator_class = DummyAuthenticator
c.DummyAuthenticator.password = os.environ["COURSE_HUB_PASSWORD"]
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = os.environ.get("COURSE_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.db_url = f"sqlite:///{HOMES / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(HOMES / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(HOMES / "proxy.pid")
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(HOMES / "{username}")
c.Spawner.pre_spawn_hook = give_lessons
c.Spawner.default_url = "/lab/tree/notebooks/0_start/00_start_here.ipynb"
c.Spawner.args = ["--ServerApp.allow_root=True"] if os.geteuid() == 0 else []
c.Spawner.environment = {
    "OMP_NUM_THREADS": CORES,
    "OMP_WAIT_POLICY": "passive",
    "PYTHONPATH": str(ROOT),
    "COURSE_SOLUTIONS": os.environ.get("COURSE_SOLUTIONS", ""),
}
HOMES.mkdir(parents=True, exist_ok=True)
