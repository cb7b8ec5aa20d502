"""English prose that comes with Python: the texts behind its ``help()``."""

import hashlib
from dataclasses import dataclass

HELD_OUT = 0.1  # the share of the characters no model may train on, in whole topics


@dataclass(frozen=True)
class Prose:
    """Plain text, split by topic."""

    train: str
    held_out: str


def python_topics() -> Prose:
    """Return the topics of Python's ``help()`` (pydoc_data.topics), offline.

    About 460,000 characters about the language; they differ a little between Python versions.
    Everything but printable ASCII and line ends becomes "?", so a model of characters meets at most
    96 symbols. Raises RuntimeError if this Python came without the texts.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise RuntimeError(
            "this Python came without pydoc_data, the texts behind help(); use one from "
            "python.org, uv or conda"
        ) from error
    # a hash decides the order: the same split whichever topics a Python version adds
    names = sorted(topics, key=lambda name: hashlib.sha256(name.encode()).digest())
    enough = HELD_OUT * sum(map(len, topics.values()))
    train: list[str] = []
    held_out: list[str] = []
    size = 0
    for name in names:
        (held_out if size < enough else train).append(_plain(topics[name]))
        size += len(topics[name])
    return Prose("\n\n".join(train), "\n\n".join(held_out))


def _plain(text: str) -> str:
    return "".join(c if c == "\n" or (c.isascii() and c.isprintable()) else "?" for c in text)
