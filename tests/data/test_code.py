import ast
import json

import pytest

from course_utils.data import DataError, code, python_functions

LIBRARY = {
    "first.py": '''
def short(x):
    """Say something long about it."""
    # a comment
    return x+1

class A:
    def only_docs(self):
        "Docs."
    async def waits(self):
        return 1
    def outer(self):
        def inner(y):
            return "é"
        return inner
''',
    "pkg/second.py": "def short(x):\n    return x + 1\n\ndef other():\n    return 'a\\tb'\n",
    "test/test_it.py": "def hidden():\n    return 1\n",
    "broken.py": "def broken(:\n",
}


@pytest.fixture
def library(tmp_path, monkeypatch):
    for name, text in LIBRARY.items():
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(code, "_root", lambda: tmp_path / "lib")
    monkeypatch.setattr(code, "LEAST", 1)
    return tmp_path


def everything(found):
    return set(found.train) | set(found.held_out)


def test_functions_are_short_uniform_and_without_words(library):
    found = everything(python_functions(cache=library / "cache"))
    assert found == {
        "def short(x):\n    return x + 1",
        "def only_docs(self):\n    pass",
        "def other():\n    return 'a\\tb'",
    }


def test_the_limit_is_in_characters(library):
    found = everything(python_functions(29, cache=library / "cache"))
    assert found == {"def only_docs(self):\n    pass"}
    with pytest.raises(ValueError, match="limit=3"):
        python_functions(3)


def test_the_halves_share_no_file(library, monkeypatch):
    monkeypatch.setattr(code, "_is_held_out", lambda file: file.startswith("pkg"))
    found = python_functions(cache=library / "cache")
    assert found.held_out == (
        "def other():\n    return 'a\\tb'",
    )  # "short" was first seen elsewhere


def test_the_cache_is_used_when_intact_and_rebuilt_when_not(library, monkeypatch):
    first = python_functions(cache=library / "cache")
    (path,) = (library / "cache").iterdir()
    reads = []
    monkeypatch.setattr(code, "_read_all", lambda limit: reads.append(limit) or pairs)
    pairs = [(s, "x.py") for s in sorted(everything(first))]
    assert python_functions(cache=library / "cache") == first
    assert reads == []
    held = json.loads(path.read_text())
    held["functions"][0][0] += "#"
    for damaged in (json.dumps(held), path.read_text()[:40], "[]", ""):
        path.write_text(damaged)
        assert everything(python_functions(cache=library / "cache")) == everything(first)
    assert reads == [300] * 4


def test_a_folder_that_cannot_be_written_costs_only_time(library):
    (library / "file").write_text("")
    assert everything(python_functions(cache=library / "file" / "cache"))


def test_a_library_without_sources_gets_a_sentence(library, monkeypatch):
    monkeypatch.setattr(code, "LEAST", 1000)
    with pytest.raises(DataError, match="comes with its sources"):
        python_functions(cache=library / "cache")


@pytest.mark.slow
def test_the_real_library_gives_thousands_and_they_parse():
    found = python_functions()
    assert 7000 < len(found.train) < 15000
    assert 0.05 < len(found.held_out) / len(found.train) < 0.2
    assert not set(found.train) & set(found.held_out)
    assert len(set("".join(found.train))) <= 96
    assert all(len(f) <= 300 for f in everything(found))
    for source in found.held_out[:200]:
        ast.parse(source)


def test_functions_are_found_wherever_a_statement_can_stand_in_the_order_of_ast_walk():
    tree = ast.parse(
        "if a:\n def f1(): return [lambda: 0 for _ in x]\nelse:\n def f2(): pass\n"
        "try:\n def f3(): pass\nexcept E:\n def f4(): pass\nfinally:\n def f5(): pass\n"
        "match a:\n case 1:\n  def f6():\n   class B:\n    def f7(self): pass\n"
        "with a:\n for b in c:\n  while d:\n   async def waits():\n    def f8(): pass\n"
        "def f9(): pass\n"
    )
    walked = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert len(walked) == 9
    assert list(code._functions(tree)) == walked
