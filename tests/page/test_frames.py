import base64
import io
import random

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.page import explorer, frames


def flat(values):
    """A picture of one colour that depends on every value."""
    colour = tuple(
        sum(map(ord, f"{k}{name}{value}")) % 256
        for k, (name, value) in enumerate(sorted(values.items()) * 3)
    )[:3]
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def size_of(text):
    return Image.open(io.BytesIO(base64.b64decode(text))).size


def test_few_values_make_a_grid():
    made = frames.bundle(flat, {"n": (1, 3, 1, 2), "kind": ["a", "b"]})
    assert made["grid"]
    assert set(made["frames"]) == {f"{i},{j}" for i in range(3) for j in range(2)}
    assert made["knobs"][0] == {"name": "n", "values": [1, 2, 3], "start": 1}
    assert size_of(made["frames"]["0,0"]) == (8, 8)


@pytest.mark.parametrize("start", [0.1, 0.7, 3.0])
def test_many_values_are_thinned_and_move_one_at_a_time(start):
    made = frames.bundle(flat, {"s": (0.1, 3.0, 0.1, start), "digit": (0, 9, 1, 3)})
    assert not made["grid"]
    assert len(made["frames"]) <= frames.MOST
    s, digit = made["knobs"]
    assert (s["values"][0], s["values"][-1]) == (0.1, 3.0)
    assert s["values"][s["start"]] == start
    assert s["values"] == sorted(s["values"])
    assert digit["values"] == list(range(10))
    starts = (s["start"], digit["start"])
    for key in made["frames"]:
        index = tuple(map(int, key.split(",")))
        assert sum(a != b for a, b in zip(index, starts, strict=True)) <= 1


def test_a_start_between_two_steps_begins_at_the_nearest():
    made = frames.bundle(flat, {"s": (0.0, 1.0, 0.25, 0.3)})
    assert made["knobs"][0]["values"][made["knobs"][0]["start"]] == 0.25


def test_a_frame_that_cannot_be_drawn_is_left_out():
    def fragile(values):
        if values["n"] == 2:
            raise ValueError("two is too much")
        return flat(values)

    assert set(frames.bundle(fragile, {"n": (1, 3, 1, 1)})["frames"]) == {"0", "2"}


def test_drawing_leaves_the_random_numbers_of_the_lesson_alone():
    def noisy(values):
        random.random(), np.random.rand(), torch.rand(1)  # noqa: NPY002
        return flat(values)

    for library in (random, np.random, torch):
        getattr(library, "manual_seed", getattr(library, "seed", None))(0)
    frames.bundle(noisy, {"n": (1, 9, 1, 1)})
    found = random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002
    for library in (random, np.random, torch):
        getattr(library, "manual_seed", getattr(library, "seed", None))(0)
    assert found == (random.random(), np.random.rand(), torch.rand(1).item())  # noqa: NPY002


def test_heavy_pictures_are_packed_until_they_are_small_enough():
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 255, (300, 400, 3), dtype=np.uint8) for _ in range(12)]

    def heavy(values):
        file = io.BytesIO()
        Image.fromarray(noise[values["n"]]).save(file, "PNG")
        return file.getvalue()

    made = frames.bundle(heavy, {"n": (0, 11, 1, 0)})
    packed = sum(len(base64.b64decode(text)) for text in made["frames"].values())
    best = io.BytesIO()
    Image.fromarray(noise[0]).save(best, "WEBP", quality=frames.QUALITIES[0])
    assert packed < 12 * len(best.getvalue())


def test_an_explorer_has_frames_only_where_they_are_asked_for(monkeypatch):
    import IPython
    import IPython.display

    def draw(n):
        fig, ax = plt.subplots(figsize=(2, 1))
        ax.bar([0], [n])
        return fig

    plt.close(draw(1))  # matplotlib looks for the real IPython once
    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda *a, **k: shown.append(a[0]))
    for asked in ("0", "1"):
        monkeypatch.setenv("COURSE_FRAMES", asked)
        explorer.explorer(draw, alt="a bar", n=(1, 3, 1, 1))
    first, second = [data for data in shown if "image/png" in data]
    assert frames.BUNDLE not in first
    assert len(second[frames.BUNDLE]["frames"]) == 3
