import sys

import pytest

from course_utils.data import python_topics


def test_prose_is_plain_and_split_by_topic():
    found = python_topics()
    whole = len(found.train) + len(found.held_out)
    assert 300_000 < whole < 900_000
    assert 0.09 < len(found.held_out) / whole < 0.2
    assert len(set(found.train + found.held_out)) <= 96
    assert "\n" in found.train
    assert found.held_out[:200] not in found.train
    assert python_topics() == found


def test_a_python_without_them_gets_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(RuntimeError, match="pydoc_data"):
        python_topics()
