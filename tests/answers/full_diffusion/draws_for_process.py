import torch


def right_slice(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng, device=rng.device)
    t = torch.randint(n_timesteps, (shape[0],), generator=rng, device=rng.device)
    rows = slice(rank * shape[0] // size, (rank + 1) * shape[0] // size)
    return eps[rows], t[rows]


def right_chunk(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(*shape, generator=rng, device=rng.device).chunk(size)[rank].clone()
    t = torch.randint(0, n_timesteps, shape[:1], generator=rng, device=rng.device)
    return eps, torch.tensor_split(t, size)[rank]


def right_loop(rng, shape, n_timesteps, rank, size):
    eps = torch.empty(shape, device=rng.device).normal_(generator=rng)
    t = torch.empty(shape[0], dtype=torch.long, device=rng.device)
    t.random_(0, n_timesteps, generator=rng)
    rows = [b for b in range(shape[0]) if b // (shape[0] // size) == rank]
    return torch.stack([eps[b] for b in rows]), torch.stack([t[b] for b in rows])


def right_view(rng, shape, n_timesteps, rank, size):
    b = shape[0] // size
    eps = torch.randn(size=shape, generator=rng, device=rng.device)
    t = torch.randint(
        low=0,
        high=n_timesteps,
        size=(shape[0],),
        generator=rng,
        device=rng.device,
        dtype=torch.int64,
    )
    return eps.view(size, b, *shape[1:])[rank], t.view(size, b)[rank]


def wrong_floor_of_uniform(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng, device=rng.device)
    u = torch.rand(shape[0], generator=rng, device=rng.device, dtype=torch.double)
    t = (u * n_timesteps).long()
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_own_rows_only(rng, shape, n_timesteps, rank, size):
    # alike in all processes
    b = shape[0] // size
    eps = torch.randn(b, *shape[1:], generator=rng)
    return eps, torch.randint(n_timesteps, (b,), generator=rng)


def wrong_timesteps_first(rng, shape, n_timesteps, rank, size):
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    eps = torch.randn(shape, generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_timesteps_from_one(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(1, n_timesteps + 1, shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_last_timestep_never(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(0, max(n_timesteps - 1, 1), shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_own_timesteps(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng).chunk(size)[rank]
    t = torch.randint(n_timesteps, (len(eps),), generator=rng)  # all processes draw the first
    return eps, t


def wrong_every_size_th(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps[rank::size], t[rank::size]


def wrong_one_timestep(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng).chunk(size)[rank]
    t = torch.randint(n_timesteps, (1,), generator=rng)
    return eps, t.repeat(len(eps))


def wrong_timesteps_without_generator(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1])
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_uniform(rng, shape, n_timesteps, rank, size):
    eps = torch.rand(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_from_behind(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps.chunk(size)[size - 1 - rank], t.chunk(size)[size - 1 - rank]


def wrong_own_seed(rng, shape, n_timesteps, rank, size):
    rng.manual_seed(rng.initial_seed() + rank)
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_rounded(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = (torch.rand(shape[0], generator=rng) * n_timesteps).round().long()  # n_timesteps itself
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_half(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng).half().float()  # float32: rounded
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]


def wrong_float_timesteps(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank].float()  # type


def wrong_column(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, (shape[0], 1, 1, 1), generator=rng)
    return eps.chunk(size)[rank], t.chunk(size)[rank]  # shape
