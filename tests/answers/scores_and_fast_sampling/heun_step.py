import torch


def right_two_slopes(denoise, x, sigma, sigma_next):
    d = (x - denoise(x, sigma)) / sigma
    h = sigma_next - sigma
    y = x + h * d
    if sigma_next > 0:
        d2 = (y - denoise(y, sigma_next)) / sigma_next
        y = x + h * (0.5 * d + 0.5 * d2)
    return y


def right_corrected_difference(denoise, x, sigma, sigma_next):
    def slope(x, s):
        return (x - denoise(x, s)) / s

    first = slope(x, sigma)
    y = x + (sigma_next - sigma) * first
    if float(sigma_next) == 0.0:
        return y
    return y + (sigma_next - sigma) / 2 * (slope(y, sigma_next) - first)


def right_last_step_is_the_guess(denoise, x, sigma, sigma_next):
    guess = denoise(x, sigma)
    if not sigma_next:
        return guess
    share = sigma_next / sigma
    trial = guess + share * (x - guess)
    mean = 0.5 * ((x - guess) / sigma + (trial - denoise(trial, sigma_next)) / sigma_next)
    return x - (sigma - sigma_next) * mean


def right_loop(denoise, x, sigma, sigma_next):
    slopes, place = [], x
    for level in (sigma, sigma_next):
        if level == 0:
            break
        slopes.append((place - denoise(place, level)) / level)
        place = x + (sigma_next - sigma) * slopes[0]
    return x + (sigma_next - sigma) * sum(slopes) / len(slopes)


def wrong_no_care_for_zero(denoise, x, sigma, sigma_next):
    # edge: sigma_next = 0
    d = (x - denoise(x, sigma)) / sigma
    y = x + (sigma_next - sigma) * d
    d2 = (y - denoise(y, sigma_next)) / (sigma_next + 1e-12)
    return x + (sigma_next - sigma) * (d + d2) / 2


def wrong_midpoint(denoise, x, sigma, sigma_next):
    # another method of second order
    mid = (sigma + sigma_next) / 2
    y = x + (mid - sigma) * (x - denoise(x, sigma)) / sigma
    return x + (sigma_next - sigma) * (y - denoise(y, mid)) / mid


def wrong_euler(denoise, x, sigma, sigma_next):
    return x + (sigma_next - sigma) * (x - denoise(x, sigma)) / sigma


def wrong_direction(denoise, x, sigma, sigma_next):
    d = (x - denoise(x, sigma)) / sigma
    y = x + (sigma - sigma_next) * d
    if sigma_next == 0:
        return y
    return x + (sigma - sigma_next) * (d + (y - denoise(y, sigma_next)) / sigma_next) / 2


def wrong_same_place(denoise, x, sigma, sigma_next):
    d = (x - denoise(x, sigma)) / sigma
    if sigma_next == 0:
        return x - sigma * d
    d2 = (x - denoise(x, sigma_next)) / sigma_next
    return x + (sigma_next - sigma) * (d + d2) / 2


def wrong_divided_by_the_old_sigma(denoise, x, sigma, sigma_next):
    d = (x - denoise(x, sigma)) / sigma
    y = x + (sigma_next - sigma) * d
    if sigma_next == 0:
        return y
    return x + (sigma_next - sigma) * (d + (y - denoise(y, sigma_next)) / sigma) / 2


def wrong_not_divided(denoise, x, sigma, sigma_next):
    d = x - denoise(x, sigma)
    y = x + (sigma_next - sigma) * d
    if sigma_next == 0:
        return y
    return x + (sigma_next - sigma) * (d + y - denoise(y, sigma_next)) / 2


def wrong_mean_of_guesses(denoise, x, sigma, sigma_next):
    guess = denoise(x, sigma)
    y = x + (sigma_next - sigma) * (x - guess) / sigma
    if sigma_next == 0:
        return y
    guess = (guess + denoise(y, sigma_next)) / 2
    return x + (sigma_next - sigma) * (x - guess) / sigma


def wrong_three_calls(denoise, x, sigma, sigma_next):
    # right values, one call too many
    denoise(x, sigma)
    return right_two_slopes(denoise, x, sigma, sigma_next)


def wrong_zero_stays(denoise, x, sigma, sigma_next):
    # edge: no step at the end
    return x if sigma_next == 0 else right_two_slopes(denoise, x, sigma, sigma_next)


def right_from_trial(denoise, x, sigma, sigma_next):
    step = sigma_next - sigma
    first = (x - denoise(x, sigma)) / sigma
    end = x + step * first
    if sigma_next > 0:
        second = (end - denoise(end, sigma_next)) / sigma_next
        end = end + 0.5 * step * (second - first)
    return end


def right_lerp(denoise, x, sigma, sigma_next):
    a = (x - denoise(x, sigma)).div(sigma)
    if sigma_next:
        y = x + (sigma_next - sigma) * a
        b = (y - denoise(y, sigma_next)).div(sigma_next)
        a = torch.lerp(a, b, 0.5)
    return x + (sigma_next - sigma) * a


def wrong_threshold(denoise, x, sigma, sigma_next):
    # small levels, not only 0, are treated as the end
    h = sigma_next - sigma
    d = (x - denoise(x, sigma)) / sigma
    trial = x + h * d
    if sigma_next < 0.1:
        return trial
    return x + h * (d + (trial - denoise(trial, sigma_next)) / sigma_next) / 2


def wrong_lowest(denoise, x, sigma, sigma_next):
    # Euler below the lesson's lowest level, too
    h = sigma_next - sigma
    d = (x - denoise(x, sigma)) / sigma
    trial = x + h * d
    if sigma_next < 0.02 + 1e-6:
        return trial
    return x + h * (d + (trial - denoise(trial, sigma_next)) / sigma_next) / 2


def wrong_no_end(denoise, x, sigma, sigma_next):
    # divides by 0 at the end
    h = sigma_next - sigma
    d = (x - denoise(x, sigma)) / sigma
    trial = x + h * d
    return x + h * (d + (trial - denoise(trial, sigma_next)) / sigma_next) / 2


def wrong_old_sigma(denoise, x, sigma, sigma_next):
    # second slope divided by the old sigma
    h = sigma_next - sigma
    d = (x - denoise(x, sigma)) / sigma
    trial = x + h * d
    if sigma_next == 0:
        return trial
    return x + h * (d + (trial - denoise(trial, sigma_next)) / sigma) / 2


def wrong_asked_at_old_sigma(denoise, x, sigma, sigma_next):
    # second question at the old level
    h = sigma_next - sigma
    d = (x - denoise(x, sigma)) / sigma
    trial = x + h * d
    if sigma_next == 0:
        return trial
    return x + h * (d + (trial - denoise(trial, sigma)) / sigma_next) / 2
