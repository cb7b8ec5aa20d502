import torch


def right_slice(rng, batch_size, z_dim, rank, size):
    rows = batch_size // size
    noise = torch.randn(batch_size, z_dim, generator=rng, device=rng.device)
    return noise[rank * rows : (rank + 1) * rows]


def right_chunk(rng, batch_size, z_dim, rank, size):
    noise = torch.randn((batch_size, z_dim), generator=rng, device=rng.device)
    return noise.chunk(size)[rank].clone()


def right_loop(rng, batch_size, z_dim, rank, size):
    noise = torch.empty(batch_size, z_dim, device=rng.device).normal_(generator=rng)
    mine = []
    for row in range(batch_size):
        if row // (batch_size // size) == rank:
            mine.append(noise[row])
    return torch.stack(mine)


def right_view(rng, batch_size, z_dim, rank, size):
    noise = torch.randn(size=(batch_size, z_dim), generator=rng, device=rng.device)
    return noise.view(size, -1, z_dim)[rank]


def wrong_own_rows_only(rng, batch_size, z_dim, rank, size):
    # alike in all processes
    return torch.randn(batch_size // size, z_dim, generator=rng)


def wrong_own_seed(rng, batch_size, z_dim, rank, size):
    own = torch.Generator().manual_seed(rng.initial_seed() + rank)
    return torch.randn(batch_size // size, z_dim, generator=own)


def wrong_no_generator(rng, batch_size, z_dim, rank, size):
    rows = batch_size // size
    return torch.randn(batch_size, z_dim)[rank * rows : (rank + 1) * rows]


def wrong_every_size_th(rng, batch_size, z_dim, rank, size):
    return torch.randn(batch_size, z_dim, generator=rng)[rank::size]


def wrong_from_behind(rng, batch_size, z_dim, rank, size):
    return torch.randn(batch_size, z_dim, generator=rng).chunk(size)[size - 1 - rank]


def wrong_next_rows(rng, batch_size, z_dim, rank, size):
    rows = batch_size // size
    # one process on
    return torch.randn(batch_size, z_dim, generator=rng).roll(-rows, 0)[
        rank * rows : (rank + 1) * rows
    ]


def wrong_uniform(rng, batch_size, z_dim, rank, size):
    return torch.rand(batch_size, z_dim, generator=rng).chunk(size)[rank]


def wrong_drawn_in_parts(rng, batch_size, z_dim, rank, size):
    # other numbers than one process draws, unless a part has a multiple of 16
    for _ in range(rank + 1):
        noise = torch.randn(batch_size // size, z_dim, generator=rng)
    return noise


def wrong_transposed(rng, batch_size, z_dim, rank, size):
    return torch.randn(z_dim, batch_size, generator=rng).T.chunk(size)[rank]


def wrong_rank_is_row(rng, batch_size, z_dim, rank, size):
    rows = batch_size // size
    return torch.randn(batch_size, z_dim, generator=rng)[rank : rank + rows]


def wrong_reseeded(rng, batch_size, z_dim, rank, size):
    # edge: a generator that was drawn from before
    rng = torch.Generator().manual_seed(rng.initial_seed())
    return torch.randn(batch_size, z_dim, generator=rng).chunk(size)[rank]


def wrong_bfloat16(rng, batch_size, z_dim, rank, size):
    # float32: rounded to three digits
    return torch.randn(batch_size, z_dim, generator=rng).chunk(size)[rank].bfloat16().float()


def wrong_whole_batch(rng, batch_size, z_dim, rank, size):
    return torch.randn(batch_size, z_dim, generator=rng)  # shape
