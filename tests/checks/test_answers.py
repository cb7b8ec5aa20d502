"""What students hand in, written without sight of the checks: right accepted, wrong refused."""

import pytest

from course_utils.exercises import desk, judge
from tests.answers.attack import attack, good, names

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", names([]))
def test_right_ones_are_accepted_and_wrong_ones_refused(name):
    for row in attack(name, desk.find, judge):
        assert good(row), row
        if row["state"] != "right":
            assert row["named"] or row["says"], f"{row['answer']}: the card says nothing"


def test_every_exercise_has_some():
    assert {n.split("/")[1] for n in names([])} == set(desk.all_names())
