import torch


def right_by_channel(z, train):
    out = []
    for c in range(z.shape[1]):
        channel = train[:, c]
        out.append((z[:, c] - channel.mean()) / channel.std())
    return torch.stack(out, 1)


def right_flat(z, train):
    flat = train.transpose(0, 1).flatten(1)
    mean, std = flat.mean(1), flat.std(1)
    return (z - mean[:, None, None]) / std[:, None, None]


def right_var(z, train):
    var, mean = torch.var_mean(train, dim=(0, 2, 3), keepdim=True)
    return (z - mean) * var.rsqrt()


def right_affine(z, train):
    std = train.std(dim=(0, -2, -1))[None, :, None, None]
    return z / std - train.mean(dim=(0, -2, -1))[None, :, None, None] / std


def wrong_batch(z, train):
    return (z - z.mean((0, 2, 3), keepdim=True)) / z.std((0, 2, 3), keepdim=True)


def wrong_one_scale(z, train):
    return (z - train.mean()) / train.std()


def wrong_std_of_all(z, train):
    return (z - train.mean((0, 2, 3), keepdim=True)) / train.std()


def wrong_places(z, train):
    return (z - train.mean(0)) / train.std(0)


def wrong_variance(z, train):
    return (z - train.mean((0, 2, 3), keepdim=True)) / train.var((0, 2, 3), keepdim=True)


def wrong_no_mean(z, train):
    return z / train.std((0, 2, 3), keepdim=True)


def wrong_no_std(z, train):
    return z - train.mean((0, 2, 3), keepdim=True)


def wrong_times(z, train):
    return (z - train.mean((0, 2, 3), keepdim=True)) * train.std((0, 2, 3), keepdim=True)


def wrong_mean_after(z, train):
    return z / train.std((0, 2, 3), keepdim=True) - train.mean((0, 2, 3), keepdim=True)


def wrong_each_picture(z, train):
    return (z - z.mean((2, 3), keepdim=True)) / z.std((2, 3), keepdim=True)


def wrong_range(z, train):
    low, high = train.amin((0, 2, 3), keepdim=True), train.amax((0, 2, 3), keepdim=True)
    return 2 * (z - low) / (high - low) - 1


def wrong_in_place(z, train):
    z -= train.mean((0, 2, 3), keepdim=True)
    return z / train.std((0, 2, 3), keepdim=True)


def wrong_population_std(z, train):
    mean = train.mean((0, 2, 3), keepdim=True)
    return (z - mean) / train.std((0, 2, 3), keepdim=True, unbiased=False)


def wrong_mean_of_stds(z, train):
    mean = train.mean((0, 2, 3), keepdim=True)
    return (z - mean) / train.std((2, 3), keepdim=True).mean(0, keepdim=True)


def wrong_both_together(z, train):
    every = torch.cat([z, train])
    return (z - every.mean((0, 2, 3), keepdim=True)) / every.std((0, 2, 3), keepdim=True)


def wrong_sizes_mixed_up(z, train):
    flat = train.reshape(train.shape[1], -1)
    mean, std = flat.mean(1), flat.std(1)
    return (z - mean[None, :, None, None]) / std[None, :, None, None]


def right_measured_without_gradient(z, train):
    # the two numbers are constants
    with torch.no_grad():
        mean = train.mean((0, 2, 3), keepdim=True)
        std = train.std((0, 2, 3), keepdim=True)
    return (z - mean) / std


def right_batch_norm(z, train):
    var, mean = torch.var_mean(train, dim=(0, 2, 3))
    return torch.nn.functional.batch_norm(z, mean, var, training=False, eps=0.0)


def wrong_eps(z, train):
    # eps as in batch norm
    var, mean = torch.var_mean(train, dim=(0, 2, 3), keepdim=True)
    return (z - mean) / (var + 1e-5).sqrt()
