import torch


def right_index_select(fake, memory, rows):
    fake = fake.detach()
    memory = memory.detach()
    new, unseen = fake.chunk(2, dim=-2)
    old = memory.index_select(-2, rows)
    batch = torch.cat((new, old), dim=-2)
    after = memory.index_copy(-2, rows, unseen)
    return batch, after


def right_no_grad(fake, memory, rows):
    with torch.no_grad():
        n = fake.size(-2)
        batch = fake.clone()
        batch[..., n // 2 :, :] = memory[..., rows, :]
        kept = memory.clone()
        kept[..., rows, :] = fake[..., n // 2 :, :]
    return batch, kept


def right_transposed(fake, memory, rows):
    f = fake.detach().transpose(0, -2)
    m = memory.detach().transpose(0, -2).clone()
    h = len(f) // 2
    out = torch.cat([f[:h], m[rows]])
    m[rows] = f[h:]
    return out.transpose(0, -2), m.transpose(0, -2)


def wrong_in_place(fake, memory, rows):
    # changes the memory it was given
    half = fake.shape[-2] // 2
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2).detach()
    memory[..., rows, :] = fake[..., half:, :].detach()
    return batch, memory


def wrong_not_renewed(fake, memory, rows):
    half = fake.shape[-2] // 2
    return torch.cat([fake[..., :half, :], memory[..., rows, :]], -2).detach(), memory.clone()


def wrong_first_half_stored(fake, memory, rows):
    half = fake.shape[-2] // 2
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2).detach()
    after = memory.detach().clone()
    after[..., rows, :] = fake[..., :half, :].detach()
    return batch, after


def wrong_written_first(fake, memory, rows):
    half = fake.shape[-2] // 2
    after = memory.detach().clone()
    after[..., rows, :] = fake[..., half:, :].detach()
    return torch.cat([fake[..., :half, :].detach(), after[..., rows, :]], -2), after


def wrong_old_only(fake, memory, rows):
    half = fake.shape[-2] // 2
    old = memory[..., rows, :].detach()
    after = memory.detach().clone()
    after[..., rows, :] = fake[..., half:, :].detach()
    return torch.cat([old, old], -2), after


def wrong_attached(fake, memory, rows):
    half = fake.shape[-2] // 2
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2)
    after = memory.clone()
    after[..., rows, :] = fake[..., half:, :]
    return batch, after


def wrong_old_first(fake, memory, rows):
    half = fake.shape[-2] // 2
    batch = torch.cat([memory[..., rows, :], fake[..., :half, :]], -2).detach()
    after = memory.detach().clone()
    after[..., rows, :] = fake[..., half:, :].detach()
    return batch, after


def wrong_first_dimension(fake, memory, rows):
    # right for one game, wrong for several
    half = len(fake) // 2
    batch = torch.cat([fake[:half], memory[rows]]).detach()
    after = memory.detach().clone()
    after[rows] = fake[half:].detach()
    return batch, after


def wrong_appended(fake, memory, rows):
    # the memory grows
    half = fake.shape[-2] // 2
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2).detach()
    return batch, torch.cat([memory, fake[..., half:, :]], -2).detach()


def wrong_one_returned(fake, memory, rows):
    half = fake.shape[-2] // 2
    return torch.cat([fake[..., :half, :], memory[..., rows, :]], -2).detach()


def wrong_rows_in_front(fake, memory, rows):
    half = fake.shape[-2] // 2
    fake, memory = fake.detach(), memory.detach().clone()
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2)
    memory[..., :half, :] = fake[..., half:, :]
    return batch, memory
