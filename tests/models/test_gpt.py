import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models.gpt import GPT, GPTConfig, KVCache, rotate, rotation_table

SMALL = GPTConfig(vocab_size=11, context=12, n_layer=2, n_head=2, d_model=16, d_mlp=32)


def small(seed=0, **changes):
    torch.manual_seed(seed)
    net = GPT(replace(SMALL, **changes))
    with torch.no_grad():
        for p in net.parameters():  # the small start would hide errors of scale
            p.add_(0.3 * torch.randn_like(p))
    return net


def tokens(b=3, t=9, seed=0):
    return torch.randint(11, (b, t), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("b", "t"), [(1, 1), (1, 12), (3, 5)])
def test_shapes(b, t):
    assert small()(tokens(b, t)).shape == (b, t, 11)


def test_the_first_loss_is_that_of_guessing():
    torch.manual_seed(0)
    net = GPT(GPTConfig())
    idx = torch.randint(512, (8, 65), generator=torch.Generator().manual_seed(0))
    loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
    assert loss.item() == pytest.approx(math.log(512), abs=0.1)


def test_no_gradient_reaches_later_tokens():
    net = small().double()
    seen = {}
    net.embed.register_forward_hook(lambda m, i, out: seen.setdefault("x", out).retain_grad())
    logits = net(tokens(1, 9))
    logits[0, 4].sum().backward()
    reach = seen["x"].grad[0].abs().sum(-1)
    assert (reach[5:] == 0).all()
    assert (reach[:5] > 0).all()


@pytest.mark.parametrize("cuts", [[9], [1] * 9, [4, 5], [3, 1, 5], [1, 8]])
@pytest.mark.parametrize("learned", [False, True])
def test_reading_in_parts_with_a_cache_gives_the_same_logits(cuts, learned):
    net, idx = small(learned_positions=learned).double(), tokens()
    cache, parts = KVCache(net, 3), []
    with torch.no_grad():
        for part in idx.split(cuts, dim=1):
            parts.append(net(part, cache))
        assert cache.length == 9
        assert torch.allclose(torch.cat(parts, 1), net(idx), atol=1e-10)


def test_too_many_tokens_get_a_sentence():
    net = small()
    with pytest.raises(ValueError, match="context of 12"):
        net(tokens(1, 13))
    cache = KVCache(net, 1)
    with torch.no_grad():
        net(tokens(1, 12), cache)
    with pytest.raises(ValueError, match="13 tokens"):
        net(tokens(1, 1), cache)
    assert cache.length == 12


def test_scores_of_rotated_vectors_depend_on_the_distance_only():
    table = rotation_table(20, 8)
    q, k = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    scores = torch.stack(
        [
            rotate(q, table[:, i : i + 1])[0] @ rotate(k, table[:, j : j + 1])[0]
            for i, j in ((3, 0), (10, 7), (19, 16))
        ]
    )
    assert torch.allclose(scores, scores[:1].expand(3), atol=1e-5)
    other = rotate(q, table[:, 4:5])[0] @ rotate(k, table[:, 0:1])[0]
    assert (other - scores[0]).abs() > 1e-3


def test_rotation_is_complex_multiplication():
    table = rotation_table(5, 6)
    x = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
    z = torch.complex(x[:, :3], x[:, 3:]) * torch.complex(*table)
    assert torch.allclose(rotate(x, table), torch.cat([z.real, z.imag], -1), atol=1e-6)


def test_a_block_is_torchs_encoder_layer_where_nothing_is_rotated():
    net = small()
    block, d = net.blocks[0], SMALL.d_model
    theirs = nn.TransformerEncoderLayer(
        d,
        2,
        32,
        dropout=0.0,
        activation=F.gelu,
        batch_first=True,
        norm_first=True,
        bias=False,
    )
    theirs.load_state_dict(
        {
            "self_attn.in_proj_weight": block.attention.qkv.weight,
            "self_attn.out_proj.weight": block.attention.out.weight,
            "linear1.weight": block.up.weight,
            "linear2.weight": block.down.weight,
            "norm1.weight": block.norm_1.weight,
            "norm2.weight": block.norm_2.weight,
        }
    )
    x = torch.randn(2, 7, d, generator=torch.Generator().manual_seed(0))
    still = torch.stack([torch.ones(7, 4), torch.zeros(7, 4)])  # turns by no angle
    mask = nn.Transformer.generate_square_subsequent_mask(7)
    expected = theirs(x, src_mask=mask, is_causal=True)
    assert torch.allclose(block(x, still, 0, None), expected, atol=1e-5)


def test_it_learns_one_batch_by_heart():
    net, idx = GPT(SMALL), tokens(4, 10)
    opt = torch.optim.AdamW(net.parameters(), lr=1e-2)
    for _ in range(150):
        loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    assert loss.item() < 0.3


@pytest.mark.parametrize("bad", [{"d_model": 30, "n_head": 4}, {"n_layer": 0}, {"context": -1}])
def test_impossible_sizes_get_a_sentence(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        GPTConfig(**bad)


def test_learned_positions_tell_apart_what_rotations_cannot():
    same = torch.full((1, 9), 3)  # one token again and again: rotations see no difference
    assert torch.allclose(small()(same)[0, 0], small()(same)[0, 8], atol=1e-4)
    net = small(learned_positions=True)
    assert not torch.allclose(net(same)[0, 0], net(same)[0, 8], atol=1e-2)
    assert {n for n, _ in net.named_parameters()} - {n for n, _ in small().named_parameters()} == {
        "positions"
    }
