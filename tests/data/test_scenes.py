import pytest
import torch

from course_utils.data import scenes


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def some():
    return scenes.scenes(400, rng())


def test_shapes_and_ranges(some):
    assert len(some) == 400
    assert some.x.shape == (400, 1, 24, 24)
    assert some.x.dtype == torch.float32
    assert 0 == some.x.min() < some.x.max() <= 1
    assert some.facts.shape == some.captions.shape == (400, 7)
    for fact, count in zip(some.facts.T, scenes.COUNTS, strict=True):
        assert set(fact.tolist()) == set(range(count))


def test_a_caption_says_what_is_true(some):
    assert torch.equal(scenes.facts_of(some.captions), some.facts)
    other = scenes.captions_of(some.facts, rng(5))
    assert not torch.equal(other, some.captions)  # either object may be named first
    assert torch.equal(scenes.facts_of(other), some.facts)


def test_kept_kinds_stay_out_of_training():
    assert not scenes.has_held_out(scenes.scenes(300, rng(), held_out=False).facts).any()
    assert scenes.has_held_out(scenes.scenes(300, rng(), held_out=True).facts).all()
    known = scenes.scenes(300, rng(), held_out=False).captions
    assert set(known.flatten().tolist()) == set(range(1, len(scenes.WORDS)))  # all words are said


def test_the_reader_reads_scenes_and_not_noise(some):
    read, misfit = scenes.read_scenes(some.x)
    assert (read == some.facts).double().mean() > 0.998
    assert misfit.max() < 0.25
    noise = torch.rand(50, 1, 24, 24, generator=rng())
    found, misfit_of_noise = scenes.read_scenes(noise)
    assert (found == some.facts[:50]).double().mean() < 0.7
    assert misfit_of_noise.min() > misfit.max()


def test_the_misfit_is_the_distance_to_the_best_objects():
    blank = torch.zeros(1, 1, 24, 24)
    _, misfit = scenes.read_scenes(blank)
    smallest = scenes.paint_objects(
        torch.tensor([[0, 0, 1]]), *torch.tensor([[6.0], [12.0], [0.93]])
    )
    assert 0.05 < misfit < (2 * smallest.square().sum()).sqrt() / 24 + 0.1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("small filled circle left of large outlined square", [1, 3, 5, 8, 2, 4, 6]),
        ("circle above filled triangle", [0, 0, 5, 10, 0, 3, 7]),
    ],
)
def test_words_and_tokens(text, tokens):
    assert scenes.tokens_of(text).tolist() == tokens
    assert scenes.text_of(torch.tensor(tokens)) == text


@pytest.mark.parametrize(
    "text", ["", "small circle", "filled small circle above square", "disc below circle"]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="expected one of"):
        scenes.tokens_of(text)


def test_a_text_that_goes_on_is_refused():
    with pytest.raises(ValueError, match="nothing is expected"):
        scenes.tokens_of("circle above square below circle")


def test_same_seed_same_scenes(some):
    assert torch.equal(scenes.scenes(400, rng()).x, some.x)
    with pytest.raises(ValueError, match="n >= 1"):
        scenes.scenes(0, rng())
