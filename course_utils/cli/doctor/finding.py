"""What every probe of ``course doctor`` returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, how it stands, and what to do about it."""

    name: str
    status: str  # "ok", "warn" (lessons run, but ...), "fail" (lessons do not run)
    says: str  # what was found, one sentence
    do: str = ""  # the cure; empty only where status is "ok"
