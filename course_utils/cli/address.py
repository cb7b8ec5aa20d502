"""The course's public address, one setting, and the links to Colab and Binder made from it."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from course_utils.machine import repo_root

NOT_SET = (
    "This copy of the course has no public address: set `repository` under `[tool.course]` in "
    "pyproject.toml (or COURSE_REPOSITORY in the environment) to the repository's address on GitHub"
)
FORM = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")
COLAB_BRANCH = "colab"  # where the workflow of that name puts the notebooks with a first cell


@dataclass(frozen=True)
class Address:
    """A public repository on GitHub: the only kind that both Colab and Binder open by a link."""

    owner: str
    name: str
    branch: str = "main"

    @property
    def url(self) -> str:
        """The address to clone from."""
        return f"https://github.com/{self.owner}/{self.name}"

    def colab(self, place: str) -> str:
        """Return the link that opens a lesson ("2_gan/21_gan") in Colab."""
        return (
            f"https://colab.research.google.com/github/{self.owner}/{self.name}"
            f"/blob/{COLAB_BRANCH}/{place}.ipynb"
        )

    def binder(self, place: str) -> str:
        """Return the link that opens a lesson in JupyterLab on Binder."""
        path = quote(f"notebooks/{place}.ipynb", safe="")
        return f"https://mybinder.org/v2/gh/{self.owner}/{self.name}/{self.branch}?labpath={path}"


def address(text: str | None = None, root: Path | None = None) -> Address | None:
    """Return the address given as text, else in the environment, else in pyproject.toml, or None.

    Raises:
        ValueError: it is not the address of a repository on GitHub.
    """
    settings = tomllib.loads(((root or repo_root()) / "pyproject.toml").read_text("utf8"))
    course = settings.get("tool", {}).get("course", {})
    text = text or os.environ.get("COURSE_REPOSITORY") or course.get("repository", "")
    if not text:
        return None
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            f"the course's address is https://github.com/OWNER/NAME, got {text!r}: only such a "
            "repository can be opened in Colab and Binder by a link"
        )
    return Address(*found.groups(), course.get("branch", "main"))
