"""tools/links.py: which links a text holds, and what counts as gone."""

import doctest
import importlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def links(monkeypatch):
    """The module, imported from tools/."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("links")


def test_the_examples_in_its_words(links):
    assert doctest.testmod(links).failed == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](https://a.org/b_c#d)", ["https://a.org/b_c#d"]),
        ("<https://a.org>, **https://b.org/**", ["https://a.org", "https://b.org/"]),
        ("Goodfellow, arXiv:1406.2661.", ["https://arxiv.org/abs/1406.2661"]),
        ("arXiv:math/0211159 is old", ["https://arxiv.org/abs/math/0211159"]),
        ("(doi:10.1162/neco.1997.9.8.1735).", ["https://doi.org/10.1162/neco.1997.9.8.1735"]),
        ("https://a.org and https://a.org", ["https://a.org"]),
        ("COURSE_HUB_URL=http://0.0.0.0:8000 or https://github.com/OWNER/NAME", []),
        ("[lesson](../2_gan/21_gan.ipynb)", []),
    ],
)
def test_what_is_a_link(links, text, found):
    assert links.links_of(text) == found


def test_the_lessons_references_are_among_them(links):
    """Every arXiv number that stands in a lesson's Markdown, however it is written there."""
    found = links.gather()
    places = {place for files in found.values() for place in files}
    assert len([link for link in found if link.startswith("https://arxiv.org/abs/")]) >= 100
    lessons = sorted(ROOT.glob("notebooks/*/*.ipynb"))
    without = [p.stem for p in lessons if p.relative_to(ROOT).as_posix() not in places]
    assert len(without) <= len(lessons) // 5, without
    assert not any(link.endswith((".", ",", ")")) for link in found)


class Page(BaseHTTPRequestHandler):
    """/200, /404 and so on answer what they are called; /late is gone only once."""

    late = 0

    def do_GET(self):
        code = 200
        if self.path == "/late":
            Page.late += 1
            code = 404 if Page.late == 1 else 200
        elif self.path[1:].isdigit():
            code = int(self.path[1:])
        self.send_response(code)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_gone_is_what_is_not_there_and_not_what_refuses_programs(links, server):
    nobody = "http://127.0.0.1:9/"
    asked = [*(f"{server}/{name}" for name in ("200", "403", "404", "410", "503", "late")), nobody]
    gone = {link: why for link, why, _ in links.ask_all({link: ["x"] for link in asked}, pause=0)}
    assert set(gone) == {f"{server}/404", f"{server}/410", nobody}
    assert gone[f"{server}/404"] == "answers 404"
    assert "cannot be reached" in gone[nobody]


def test_the_command_names_the_place_and_fails(links, server, monkeypatch, capsys):
    monkeypatch.setattr(links, "gather", lambda: {f"{server}/404": ["README.md"]})
    monkeypatch.setattr(links, "PAUSE", 0)
    monkeypatch.setattr(links.ask_all, "__defaults__", (0, 1))
    assert links.main([]) == 1
    assert f"{server}/404 answers 404; it stands in README.md" in capsys.readouterr().out
    monkeypatch.setattr(links, "gather", lambda: {f"{server}/200": ["README.md"]})
    assert links.main([]) == 0


def test_the_weekly_workflow_asks():
    assert "python tools/links.py" in (ROOT / ".github/workflows/weekly.yml").read_text("utf8")
