"""A VAE whose prior is a mixture of 50 Gaussians, fitted to the codes afterwards (lesson 31b)."""

import math
import time

import torch
from sklearn.mixture import GaussianMixture
from torch import nn

from course_utils.maths import prob

TASK = "digits"
UNITS, WIDTH, FIT = 20, 400, 10  # FIT: seconds kept for the mixture


def layers(n_in, n_out):
    """Make a net with one hidden layer."""
    return nn.Sequential(nn.Linear(n_in, WIDTH), nn.SiLU(), nn.Linear(WIDTH, n_out))


def train(data, seconds, seed):
    """Raise the ELBO, then fit the prior. -> decoder and prior."""
    x_train = data["x"].flatten(1)
    enc, dec = layers(256, 2 * UNITS), layers(UNITS, 256)
    opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])
    began = time.perf_counter()
    while (share := (time.perf_counter() - began) / (seconds - FIT)) < 1:
        opt.param_groups[0]["lr"] = 3e-3 * min(1, 2 - 2 * share)
        x = x_train[torch.randint(len(x_train), (128,))]
        mu, logvar = enc(x).chunk(2, dim=1)
        x_hat = dec(mu + (0.5 * logvar).exp() * torch.randn_like(mu)).sigmoid()
        v = (x - x_hat).square().mean()  # the best noise of the decoder
        nll = 128 * (1 + (2 * math.pi * v).log())
        loss = nll + prob.kl_std_normal(mu, logvar).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        mu, logvar = enc(x_train).chunk(2, dim=1)
        codes = mu + (0.5 * logvar).exp() * torch.randn_like(mu)
    prior = GaussianMixture(50, reg_covar=1e-2, max_iter=100, tol=1e-2, random_state=seed)
    return dec, prior.fit(codes.double().numpy())


def sample(model, n, labels, seed):
    """Draw codes from the mixture and decode them. -> (n, 1, 16, 16) in [0, 1]."""
    dec, prior = model
    codes = torch.from_numpy(prior.sample(n)[0]).float()
    return dec(codes).sigmoid().view(n, 1, 16, 16)
