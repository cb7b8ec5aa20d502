"""A Gaussian a class on 20 principal components, fitted in a second (lesson 01)."""

import torch

TASK = "labelled digits"
COMPONENTS = 20


def train(data, seconds, seed):
    """Fit mean and covariance of each class. -> (means (10, 256), factors (10, 256, 20))."""
    means, factors = [], []
    for digit in range(10):
        pixels = data["x"][data["y"] == digit].flatten(1)
        values, vectors = torch.linalg.eigh(torch.cov(pixels.T))  # the largest come last
        means.append(pixels.mean(0))
        factors.append(vectors[:, -COMPONENTS:] * values[-COMPONENTS:].sqrt())
    return torch.stack(means), torch.stack(factors)


def sample(model, n, labels, seed):
    """Draw a picture for each label. -> (n, 1, 16, 16) in [0, 1]."""
    means, factors = model
    noise = torch.randn(n, COMPONENTS, 1)
    pixels = means[labels] + (factors[labels] @ noise)[..., 0]
    return pixels.clamp(0, 1).view(n, 1, 16, 16)
