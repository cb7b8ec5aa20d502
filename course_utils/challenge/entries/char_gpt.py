"""A GPT of characters: two layers, the rate of a minute (lesson 54)."""

import time

import torch
import torch.nn.functional as F

from course_utils.models.gpt import GPT, GPTConfig

TASK = "code"
END, LONGEST = 96, 300  # the symbol behind the 96 characters; a function has at most 300
BATCH, CONTEXT, EARLY = 16, 128, 0.05  # EARLY: the share of the time in which the rate rises


def train(data, seconds, seed):
    """Predict the next character everywhere. -> the net."""
    number = {symbol: k for k, symbol in enumerate(data["symbols"])}
    stream = [END]
    for text in data["texts"]:
        stream += [*map(number.get, text), END]
    stream = torch.tensor(stream)
    net = GPT(GPTConfig(vocab_size=97, context=LONGEST + 1, n_layer=2, d_model=128, d_mlp=512))
    opt = torch.optim.AdamW(net.parameters(), betas=(0.9, 0.99), weight_decay=0.1)
    began = time.perf_counter()
    while (share := (time.perf_counter() - began) / seconds) < 1:
        opt.param_groups[0]["lr"] = 3e-3 * min(share / EARLY, (1 - share) / (1 - EARLY))
        places = torch.randint(len(stream) - CONTEXT, (BATCH, 1)) + torch.arange(CONTEXT + 1)
        idx = stream[places]
        logits = net(idx[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    return net, number


def predict(model, texts):
    """Price every next character. -> a list of log-probabilities (len(text) + 1, 97), nats."""
    net, number = model
    found = []
    for text in texts:
        idx = torch.tensor([[END, *map(number.get, text)]])
        found.append(net(idx)[0].log_softmax(-1))
    return found
