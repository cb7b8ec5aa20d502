import pytest

from course_utils import show
from course_utils.maths import prob
from course_utils.page.source import source_of


def test_the_source_is_the_functions_own():
    text = source_of(prob.kl_std_normal)
    assert text.startswith("def kl_std_normal(")
    assert text.endswith("\n")


def test_methods_are_dedented():
    from course_utils.training import Ema

    assert source_of(Ema.update).startswith("@torch.no_grad()\ndef update")


def test_objects_show_their_class():
    from course_utils.machine import generator
    from course_utils.training import Batches

    batches = Batches([generator(0).get_state()[:4]], batch_size=1, seed=0)
    assert source_of(batches).startswith("class Batches")


@pytest.mark.parametrize("thing", [len, 3, "text"])
def test_what_has_no_python_source_gets_a_sentence(thing):
    with pytest.raises(TypeError, match="no Python source"):
        show(thing)
