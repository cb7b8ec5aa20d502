"""Finding answers in cells, with what they lean on; nothing is executed."""

from course_utils.grading.answers import answers, same_thing

IMPORTS = "import math\nimport torch\nfrom course_utils import exercise\nlesson = start('x')"
STUB = '@exercise\ndef half(x):\n    """Half of x."""\n    ...'


def test_an_answer_comes_with_imports_helpers_and_constants_but_no_training():
    cells = [IMPORTS, "LOG2 = math.log(2)\ndef helper(x):\n    return x / 2\nnet = train()\nnet(1)"]
    [found] = answers([*cells, "@exercise\ndef half(x):\n    return helper(x)  # mine"])
    assert found.source == "def half(x):\n    return helper(x)  # mine\n"
    context = "\n".join(found.context)
    for kept in ("import torch", "LOG2 = math.log(2)", "def helper(x):"):
        assert kept in context
    for left in ("start", "train", "net"):
        assert left not in context


def test_the_last_of_two_cells_counts():
    [found] = answers([STUB, STUB.replace("...", "return x / 2")])
    assert "return x / 2" in found.source


def test_other_decorators_stay():
    [found] = answers(["@exercise\n@torch.no_grad()\ndef half(x):\n    return x / 2"])
    assert found.source == "@torch.no_grad()\ndef half(x):\n    return x / 2\n"


def test_lines_for_ipython_do_no_harm():
    magic = "%matplotlib inline\n!pip list\nhalf?\n" + STUB.replace("...", "return x / 2")
    [found] = answers([magic])
    assert found.source.endswith("return x / 2\n")
    assert not found.complaint


def test_a_cell_that_is_no_python_harms_no_other():
    broken, good = answers(["@exercise\ndef half(x)\n    return", STUB.replace("half", "third")])
    assert (broken.name, broken.source) == ("half", "")
    assert "no Python" in broken.complaint
    assert (good.name, good.complaint) == ("third", "")


def test_copies_are_known_by_what_they_do_with_names_put_aside():
    one = 'def f(x, y):\n    """Words."""\n    z = x * y  # comment\n    return z.sum(-1)'
    two = "def f(a, b):\n    result=(a*b)\n    return result.sum(-1)"
    assert same_thing(one) == same_thing(two)
    assert same_thing(one) != same_thing(two.replace("*", "+"))
    assert same_thing(one) != same_thing(two.replace("(a*b)", "(b*a)"))
