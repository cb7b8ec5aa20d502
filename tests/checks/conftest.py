"""``--skip-unchanged``: tests of exercises that passed here by just this code are left out."""

import pytest

from tests.checks import unchanged


def of_an_exercise(item):
    """Whether a test is one of test_every_exercise that is asked of each exercise by name.

    The stub stands in the lesson, so what is asked of it depends on more than the check.
    """
    asked = "name" in getattr(getattr(item, "callspec", None), "params", {})
    stub = "stub" in item.name or "folder" in item.name
    return item.path.name == "test_every_exercise.py" and asked and not stub


def pytest_collection_modifyitems(config, items):
    if not config.option.skip_unchanged:
        return
    out = [item for item in items if of_an_exercise(item) and unchanged.passed_before(item)]
    config.hook.pytest_deselected(items=out)
    left_out = set(out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    asked = item.config.option.skip_unchanged and call.when == "call"
    if asked and report.passed and of_an_exercise(item):
        unchanged.remember(item)
    return report
