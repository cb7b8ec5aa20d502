"""Figures: take arrays, return a matplotlib Figure, label units, never guess a value range."""

import base64
import html
import io
import time

import numpy as np

# Okabe & Ito's palette, distinguishable with every common form of colour blindness
# (Okabe and Ito 2008, "Color Universal Design").
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
    "grey": "#8A8A8A",
}

# Fonts with Chinese characters, asked only for characters that the first font lacks.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Arial Unicode MS",
)
_UNSEEN = "position:absolute;width:1px;height:1px;margin:0;overflow:hidden"


def use_style() -> None:
    """Set the course's matplotlib style: readable sizes, the palette above, no clutter."""
    import matplotlib.pyplot as plt
    from cycler import cycler

    order = ["blue", "vermillion", "green", "orange", "purple", "sky", "black"]
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 3.2),
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "font.family": ["DejaVu Sans", *_installed(CHINESE_FONTS)],
            "font.size": 10.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.prop_cycle": cycler(color=[COLORS[c] for c in order]),
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "figure.constrained_layout.use": True,
        }
    )


def _installed(fonts) -> list[str]:
    """Return those of the named fonts that this machine has: naming others makes warnings."""
    from matplotlib.font_manager import fontManager

    here = {entry.name for entry in fontManager.ttflist}
    return [name for name in fonts if name in here]


def _to_numpy(values) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu().float()
    return np.asarray(values)


def to_png(fig) -> bytes:
    """Return the figure as PNG bytes (no metadata, so equal figures give equal bytes)."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def png_bundle(png: bytes, alt: str) -> tuple[dict, dict]:
    """Return (data, metadata) of a display bundle: the picture and its text twin."""
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
    return data, {"image/png": {"alt": alt}}


def show_alt(alt: str) -> None:
    """Put a picture's words behind it, unseen, where a screen reader finds them.

    JupyterLab and nbconvert write no ``alt`` on a picture, whatever its metadata say. The book
    does, and hides this sentence.
    """
    from IPython.display import display

    page = f"<p class='picture-alt' style='{_UNSEEN}'>Picture: {html.escape(alt)}</p>"
    display({"text/html": page}, raw=True)


def display_figure(fig, *, alt: str) -> None:
    """Show a figure with an alt text and close it. alt: one sentence saying what is to be seen.

    Raises ValueError for an empty alt text: a picture nobody can read helps nobody.
    """
    import matplotlib.pyplot as plt
    from IPython import get_ipython
    from IPython.display import display

    if not alt.strip():
        raise ValueError("a figure needs an alt text: one sentence that says what is to be seen")
    png = to_png(fig)
    plt.close(fig)
    if get_ipython() is None:
        print(f"[figure] {alt}")
        return
    data, metadata = png_bundle(png, alt)
    display(data, metadata=metadata, raw=True)
    show_alt(alt)


def image_grid(images, *, value_range, n_cols=10, titles=None, row_titles=None, scale=1.0):
    """Draw images in a grid. images: (N, H, W), (N, 1, H, W) or (N, 3, H, W).

    value_range: (low, high) mapped to black and white; required, because a guessed range hides
    wrong ones. titles: N short texts; row_titles: one text a row. scale 1.0 = 0.62 inch an image.
    """
    import matplotlib.pyplot as plt

    array = _to_numpy(images)
    if array.ndim == 4:
        array = np.moveaxis(array, 1, -1)
        array = array[..., 0] if array.shape[-1] == 1 else array
    if array.ndim not in (3, 4) or len(array) == 0:
        raise ValueError(f"images must be (N, H, W) or (N, C, H, W) with N >= 1, got {array.shape}")
    low, high = value_range
    n_cols = min(n_cols, len(array))
    n_rows = -(-len(array) // n_cols)
    extra = 0.22 if titles is not None else 0.0
    cell = 0.62 * scale
    size = (n_cols * cell + 0.2, n_rows * (cell + extra) + 0.1)
    fig, axes = plt.subplots(n_rows, n_cols, figsize=size, squeeze=False, layout="constrained")
    fig.get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0.02, hspace=0.02)
    for k, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if k >= len(array):
            continue
        picture = np.clip((array[k] - low) / (high - low), 0, 1)
        ax.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        if titles is not None:
            ax.set_title(str(titles[k]), fontsize=8, pad=2)
        if row_titles is not None and k % n_cols == 0:
            ax.text(
                -0.15, 0.5, row_titles[k // n_cols], transform=ax.transAxes, ha="right", va="center"
            )
    return fig


def curves(series: dict, *, x_label: str, y_label: str, title: str = "", y_log: bool = False):
    """Draw named curves. series: {name: (x, y)}, each a 1-D array; the names make the legend."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    for name, (x, y) in series.items():
        ax.plot(_to_numpy(x), _to_numpy(y), label=name)
    ax.set(xlabel=x_label, ylabel=y_label, title=title)
    if y_log:
        ax.set_yscale("log")
    if len(series) > 1:
        ax.legend()
    return fig


class LiveCurve:
    """A curve that grows while a model trains; pass it to ``fit`` as ``on_log``.

    keys: which entries of the logged rows to draw. The picture is redrawn at most once in
    ``every`` seconds; in a stored notebook the last one remains.
    """

    def __init__(self, *keys: str, y_label: str, alt: str, every: float = 3.0):
        self.keys, self.y_label, self.alt, self.every = keys, y_label, alt, every
        self.rows: list[dict] = []
        self._handle, self._drawn = None, 0.0

    def __call__(self, row: dict) -> None:
        """Add a row ({"step": k, key: value, ...}) and redraw if it is time."""
        self.rows.append(row)
        if time.monotonic() - self._drawn >= self.every:
            self.draw()

    def draw(self) -> None:
        """Draw what has been logged so far. Call it once after training for the last rows."""
        import matplotlib.pyplot as plt
        from IPython import get_ipython
        from IPython.display import display

        self._drawn = time.monotonic()
        if get_ipython() is None or not self.rows:
            return
        steps = [r["step"] for r in self.rows]
        fig = curves(
            {k: (steps, [r[k] for r in self.rows]) for k in self.keys},
            x_label="step (optimizer updates)",
            y_label=self.y_label,
        )
        data, metadata = png_bundle(to_png(fig), self.alt)
        plt.close(fig)
        if self._handle is None:
            self._handle = display(data, metadata=metadata, raw=True, display_id=True)
            show_alt(self.alt)
        else:
            self._handle.update(data, metadata=metadata, raw=True)
