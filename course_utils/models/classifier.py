"""A small convolutional digit classifier; its last hidden layer is the course's ruler for images.

Three blocks of 3x3 convolution, BatchNorm (Ioffe and Szegedy 2015, arXiv:1502.03167) and ReLU, two
of them followed by 2x2 max-pooling; then one hidden layer of features and a linear read-out.
Lesson 14 builds it in steps and trains it.
"""

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class ClassifierConfig:
    """Sizes of a :class:`Classifier`."""

    img_size: int = 16  # pixels along one side, a multiple of 4
    widths: tuple[int, int, int] = (32, 64, 64)  # channels of the three convolutions
    n_features: int = 64  # length of the last hidden layer
    n_classes: int = 10

    def __post_init__(self) -> None:
        if self.img_size < 4 or self.img_size % 4:
            raise ValueError(
                f"img_size must be a multiple of 4 (it is halved twice), got {self.img_size}"
            )
        if len(self.widths) != 3 or min(self.widths) < 1:
            raise ValueError(f"widths must be three channel counts >= 1, got {self.widths}")
        if self.n_features < 1 or self.n_classes < 2:
            raise ValueError(
                f"n_features must be >= 1 and n_classes >= 2, got {self.n_features} and "
                f"{self.n_classes}"
            )


def _block(n_in: int, n_out: int) -> list[nn.Module]:
    # BatchNorm adds its own offset, so the convolution needs none
    return [nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]


class Classifier(nn.Module):
    """Read a digit: ``Classifier()(x)`` gives logits, ``Classifier().features(x)`` the ruler."""

    def __init__(self, config: ClassifierConfig | None = None):
        super().__init__()
        self.config = config or ClassifierConfig()
        a, b, c = self.config.widths
        side = self.config.img_size // 4
        self.body = nn.Sequential(
            *_block(1, a),
            nn.MaxPool2d(2),
            *_block(a, b),
            nn.MaxPool2d(2),
            *_block(b, c),
            nn.Flatten(),
            nn.Linear(c * side * side, self.config.n_features),
            nn.ReLU(),
        )
        self.head = nn.Linear(self.config.n_features, self.config.n_classes)

    def features(self, x: Tensor) -> Tensor:
        """Return the last hidden layer. x: (B, 1, H, W) in [0, 1] -> (B, n_features), >= 0."""
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits. x: (B, 1, H, W) in [0, 1] -> (B, n_classes)."""
        return self.head(self.features(x))
