import torch

DTYPE = "float64"


def right_view(x, n_head):
    b, t, d = x.shape
    return x.view(b, t, n_head, d // n_head).transpose(1, 2)


def right_loop(x, n_head):
    w = x.shape[2] // n_head
    heads = []
    for h in range(n_head):
        heads.append(x[:, :, h * w : (h + 1) * w])
    return torch.stack(heads, dim=1)


def right_unflatten(x, n_head):
    return x.unflatten(-1, (n_head, -1)).permute(0, 2, 1, 3).contiguous()


def right_chunk(x, n_head):
    return torch.cat([part[:, None] for part in torch.chunk(input=x, chunks=n_head, dim=-1)], 1)


def wrong_only_view(x, n_head):
    # differs if N and T are not 1
    b, t, d = x.shape
    return x.reshape(b, n_head, t, d // n_head)


def wrong_interleaved(x, n_head):
    b, t, d = x.shape
    return x.reshape(b, t, d // n_head, n_head).permute(0, 3, 1, 2)


def wrong_time_in_blocks(x, n_head):
    b, t, d = x.shape
    return x.transpose(1, 2).reshape(b, n_head, t, d // n_head)


def wrong_same_head(x, n_head):
    w = x.shape[2] // n_head
    return torch.stack([x[:, :, :w]] * n_head, dim=1)


def wrong_sliding_start(x, n_head):
    # head h from feature h on
    w = x.shape[2] // n_head
    return torch.stack([x[:, :, h : h + w] for h in range(n_head)], dim=1)


def wrong_batch_mixed(x, n_head):
    # differs with more than one text
    b, t, d = x.shape
    return x.reshape(b, t, n_head, d // n_head).permute(2, 0, 1, 3).reshape(b, n_head, t, -1)


def wrong_not_transposed(x, n_head):
    # shape
    b, t, d = x.shape
    return x.reshape(b, t, n_head, d // n_head)


def wrong_squeezed(x, n_head):
    # edge, shape: one text, one head or one token
    b, t, d = x.shape
    return x.reshape(b, t, n_head, d // n_head).transpose(1, 2).squeeze()


def wrong_rounded(x, n_head):
    # float32: the numbers went through half precision
    b, t, d = x.shape
    return x.half().reshape(b, t, n_head, d // n_head).transpose(1, 2).to(x.dtype)


def wrong_no_gradient(x, n_head):
    # gradient
    b, t, d = x.shape
    return x.data.reshape(b, t, n_head, d // n_head).transpose(1, 2)


def wrong_list(x, n_head):
    # type
    return list(x.chunk(n_head, dim=-1))
