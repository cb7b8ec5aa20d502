"""Every lesson has the anatomy it should have, and its stored outputs belong to its code."""

import copy
import json
import re

import pytest

from course_utils import notebooks as nb
from course_utils.cli.header import header
from course_utils.machine import repo_root
from tests.notebooks import anatomy

ROOT = repo_root()
PATHS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
KNOWN = nb.lessons(ROOT / "notebooks")
by_stem = {"ids": lambda p: p.stem}


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda r: r.__name__)
@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_anatomy(path, rule):
    complaints = list(rule(nb.read(path)))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_the_header_is_the_generated_one(path):
    lesson = next(x for x in KNOWN if x.path == path)
    assert nb.source(nb.read(path)["cells"][0]) == header(lesson, KNOWN)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_file_name_and_id_agree(path):
    assert nb.load(path).id == path.stem
    assert path.parent.name[0] == path.stem[0]


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_every_erratum_has_its_exposing_test(path):
    tests = "\n".join(p.read_text("utf8") for p in (ROOT / "tests/errata").glob("*.py"))
    for erratum in nb.load(path).course["errata"]:
        assert re.search(rf"def test_{erratum[0].lower()}0*{int(erratum[1:])}_", tests), erratum


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_links_inside_the_repository_lead_somewhere(path):
    text = anatomy.markdown(nb.read(path))
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_nothing_of_the_authors_machine_is_stored(path):
    text = path.read_text("utf8")
    for piece in ("/home/", "/root/", "/Users/", "C:\\\\Users", "site-packages", "/tmp/"):
        assert piece not in text, f"{piece} in {path.name}"


def test_every_planned_row_of_these_lessons_is_claimed():
    planned = {
        "00_start_here": (["W01", "W02", "W03", "W14", "Y10"], ["R05", "R195", "R197"]),
        "11_probability": (
            ["M01", "M05", "M06", "M07"],
            ["R23", "R77", "R126"],
        ),
        "11b_learning_from_data": (
            ["M03", "M08", "M09", "M10", "M11", "M20"],
            ["R98", "R132"],
        ),
        "12_information_and_kl": (
            ["M12", "M13", "M14", "M15", "M16", "M17", "M18", "M19", "M21"],
            ["R11", "R75", "R76", "R123", "R124", "R125"],
        ),
        "13_optimisation": (
            ["O01", "O02", "O03", "O06", "O07", "O11", "O12"],
            ["R39", "R65", "R127", "R136", "R139"],
        ),
        "14_neural_networks": (
            [*(f"N0{k}" for k in range(1, 8)), "N14", "N15", "N16", "O08", "O09", "O10", "AE04"],
            ["R18", "R26", "R28", "R45", "R94", "R101", "R143"],
        ),
        "15_mixtures_and_autoencoders": (
            ["AE01", "AE02", "AE03", "AE05", "AE06", "AE07", "S01"],
            ["R86", "R134", "R165"],
        ),
        "16_judging_generators": (
            [f"J0{k}" for k in range(1, 9)],
            ["R07", "R08", "R09", "R57", "R119", "R147", "R148"],
        ),
        "51_language_models": (
            ["T01", "T02", "N08", "N09", "M08", "M20"],
            ["R97", "R98", "R99", "R120", "R132"],
        ),
        "53_transformer": (
            ["N12", "T04"],
            ["R103", "R109", "R110"],
        ),
        "21_gan": (
            ["G01", "G02", "G03", "G04", "M15", "M16", "M17", "M22", "M23", "M24"],
            [
                "R01",
                "R10",
                "R12",
                "R13",
                "R14",
                "R15",
                "R16",
                "R17",
                "R20",
                "R21",
                "R22",
                "R35",
                "R40",
                "R41",
                "R42",
                "R46",
                "R54",
                "R55",
                "R56",
                "R57",
                "R58",
                "R59",
                "R61",
                "R62",
                "R63",
                "R64",
                "R128",
                "R129",
                "R135",
            ],
        ),
        "22_dcgan": (
            ["G05", "G25", "W15", "N03"],
            [
                "R02",
                "R03",
                "R04",
                "R05",
                "R06",
                "R19",
                "R44",
                "R47",
                "R48",
                "R49",
                "R50",
                "R51",
                "R52",
                "R53",
                "R60",
            ],
        ),
        "31_vae": (
            ["V01", "V02", "V03", "V04", "V05", "V06", "M19"],
            [
                "R68",
                "R69",
                "R70",
                "R71",
                "R72",
                "R74",
                "R78",
                "R79",
                "R80",
                "R81",
                "R82",
                "R83",
                "R85",
            ],
        ),
        "41_diffusion": (
            ["DF01", "DF02", "DF03", "DF04"],
            ["R89", "R90", "R91", "R92", "R93", "R94", "R95"],
        ),
        "54b_four_families": (
            ["Y09"],
            ["R87", "R146"],
        ),
        "54_gpt": (
            ["T03", "T06", "T13", "T22", "W18"],
            ["R100", "R102", "R108"],
        ),
        "81_training_engineering": (
            ["W05", "W06", "W08", "W09", "W10", "W12", "W13", "W16"],
            ["R141", "R142", "R196", "R198"],
        ),
        "82_distributed": (
            ["W11", "X07"],
            [],
        ),
        "84_full_vae": (
            ["W17"],
            [],
        ),
        "83_full_gan": (
            ["W16", "W17"],
            [],
        ),
        "85_full_diffusion": (
            ["W17"],
            [],
        ),
        "86_full_gpt": (
            ["W17", "T03"],
            [],
        ),
    }
    for name, (rows, errata) in planned.items():
        course = next(x.course for x in KNOWN if x.id == name)
        assert set(rows) <= set(course["rows"]), name
        assert set(errata) <= set(course["errata"]), name


def spoil(path, how):
    notebook = copy.deepcopy(nb.read(path))
    how(notebook)
    return [c for rule in anatomy.RULES for c in rule(notebook)]


def edit_code(notebook):
    nb.code_cells(notebook)[3]["source"] = "x = 1"


def store_error(notebook):
    nb.code_cells(notebook)[3]["outputs"] = [
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    ]


def store_widget(notebook):
    data = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "a picture of something"}
    nb.code_cells(notebook)[3]["outputs"] = [{"output_type": "display_data", "data": data}]


def run_out_of_order(notebook):
    nb.code_cells(notebook)[3]["execution_count"] = 99


def drop_glossary(notebook):
    text = json.dumps(notebook["cells"]).replace("Glossary", "Words")
    notebook["cells"] = json.loads(text)


def add_magic(notebook):
    nb.code_cells(notebook)[3]["source"] = "!pip install torchdistributions"


def no_alt_text(notebook):
    data = {"image/png": "", "text/plain": "<Figure size 640x480>"}
    nb.code_cells(notebook)[3]["outputs"] = [{"output_type": "display_data", "data": data}]


def slow(notebook):
    notebook["metadata"]["course"]["seconds"] = 500


def empty_cell(notebook):
    notebook["cells"].insert(1, {"cell_type": "code", "source": "", "metadata": {}, "outputs": []})


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (edit_code, "other code"),
        (store_error, "stores an error"),
        (store_widget, "widget view"),
        (run_out_of_order, "not executed 1..n"),
        (drop_glossary, "'glossary'"),
        (add_magic, "magic"),
        (no_alt_text, "no alt text"),
        (slow, "allowed 90"),
        (empty_cell, "an empty cell"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_the_linter_sees_a_spoiled_lesson(how, words):
    complaints = spoil(PATHS[0], how)
    assert any(words in c for c in complaints), complaints
