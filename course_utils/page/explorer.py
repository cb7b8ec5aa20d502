"""Explorers: a figure with knobs. Live it moves; stored, its first picture is kept."""

from collections.abc import Callable, Sequence
from typing import Any

from course_utils.page import frames
from course_utils.page.figures import png_bundle, show_alt, to_png


def explorer(draw: Callable[..., Any], *, alt: str, **knobs) -> None:
    """Show ``draw(**values)`` with a control for every knob.

    draw: returns a matplotlib Figure; alt: one sentence saying what the first picture shows.
    Each knob is ``name=(low, high, step, start)`` for a slider (all int: an integer slider) or
    ``name=["a", "b"]`` for a choice (the first one is the start).

    One display bundle holds both the live view and the static PNG: pages without widgets show the
    picture; the book moves it by frames, where those were asked for. In a reopened JupyterLab the
    view itself comes back, if the state of widgets was saved with the notebook (the set-up sees to
    that). Raises ValueError for a knob of another form or an empty alt text.
    """
    if not alt.strip():
        raise ValueError("an explorer needs an alt text: one sentence about its first picture")
    if not knobs:
        raise ValueError("an explorer needs at least one knob, for example sigma=(0.1, 3, 0.1, 1)")
    starts = {name: _start(name, spec) for name, spec in knobs.items()}
    png = _draw_png(draw, starts)
    data, metadata = png_bundle(png, alt)
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(f"[explorer] {alt}")
        return
    view = _live_view(draw, knobs, png)
    data["application/vnd.jupyter.widget-view+json"] = {
        "version_major": 2,
        "version_minor": 0,
        "model_id": view.model_id,
    }
    if frames.asked():
        data[frames.BUNDLE] = frames.bundle(lambda values: _draw_png(draw, values), knobs)
    display(data, metadata=metadata, raw=True)
    show_alt(alt)


def _is_slider(spec: Any) -> bool:
    return isinstance(spec, tuple) and len(spec) == 4


def _start(name: str, spec: Any) -> Any:
    """Return a knob's first value, or explain what is wrong with the knob."""
    if _is_slider(spec):
        low, high, step, start = spec
        if not (low < high and step > 0 and low <= start <= high):
            raise ValueError(
                f"knob {name}: needs low < high, step > 0, low <= start <= high: {spec}"
            )
        return start
    if isinstance(spec, Sequence) and not isinstance(spec, (str, tuple)) and len(spec) > 0:
        return spec[0]
    raise ValueError(
        f"knob {name}: give (low, high, step, start) or a list of choices, got {spec!r}"
    )


def _draw_png(draw: Callable[..., Any], values: dict) -> bytes:
    import matplotlib.pyplot as plt

    figure = draw(**values)
    png = to_png(figure)
    plt.close(figure)
    return png


def _control(widgets, name: str, spec: Any):
    label = name.replace("_", " ")
    style = {"description_width": "initial"}
    if not _is_slider(spec):
        return widgets.Dropdown(options=list(spec), value=spec[0], description=label, style=style)
    low, high, step, start = spec
    kind = widgets.IntSlider if all(isinstance(v, int) for v in spec) else widgets.FloatSlider
    return kind(
        value=start,
        min=low,
        max=high,
        step=step,
        description=label,
        style=style,
        # drawing takes longer than a mouse move: redraw when the knob is let go
        continuous_update=False,
    )


def _live_view(draw: Callable[..., Any], knobs: dict, png: bytes):
    """Build controls and a picture that follows them."""
    import ipywidgets as widgets

    picture = widgets.Image(value=png, format="png")
    picture.layout.max_width = "100%"
    message = widgets.Label(value="")
    controls = {name: _control(widgets, name, spec) for name, spec in knobs.items()}

    def redraw(_change) -> None:
        values = {name: control.value for name, control in controls.items()}
        try:
            picture.value = _draw_png(draw, values)
            message.value = ""
        except Exception as error:  # keep the former picture and say why it did not change
            message.value = f"no picture for these values: {error}"

    for control in controls.values():
        control.observe(redraw, names="value")
    row = widgets.HBox(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
    return widgets.VBox([row, picture, message])
