"""Lesson 86: Say which of n_parts parts a source file belongs to: all files of a package to"""

import hashlib
from pathlib import PurePosixPath

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(difficulty=2, minutes=6)
HINTS = (
    'What do all files of a package share? And what is left of "six.py"?',
    'int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts, with '
    'package = path.split("/")[0].removesuffix(".py").',
)


def part_of_file(path: str, salt: str, n_parts: int) -> int:
    """Say which of n_parts parts a source file belongs to: all files of a package to the same.

    path: "package/folder/file.py", or "module.py" (a package of its own, named without ".py");
    salt: any text, another salt is another split. The part is the sha256 of "salt/package" (utf8),
    read as a hexadecimal number, modulo n_parts -> int in 0..n_parts - 1.
    """
    package = path.split("/")[0].removesuffix(".py")  # the first folder, whatever lies below it
    digest = hashlib.sha256(f"{salt}/{package}".encode()).hexdigest()
    return int(digest, 16) % n_parts


def cases(rng):
    return [
        ("six.py", "a", 997),
        ("numpy/linalg/_linalg.py", "a", 1000),
        ("numpy/__init__.py", "b", 1009),
        ("pip/_vendor/requests/api.py", "split", 10_007),
        ("json/decoder.py", "", 7919),
        ("json.decoder.py", "a", 1013),  # one module; only the ending goes
        ("Café/menu.py", "ü", 5003),
    ]


def _side(text: str, n: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n


def _package(path: str) -> str:
    return path.split("/")[0].removesuffix(".py")


class Properties:
    def a_package_is_never_torn_apart(f, rng):
        paths = [
            "numpy/a.py",
            "numpy/linalg/b.py",
            "numpy/linalg/tests_of/c.py",
            "numpy/__init__.py",
        ]
        parts = [f(path, "s", 1000) for path in paths]
        if len(set(parts)) > 1:
            raise Fails(
                f"four files of one package go to the parts {parts} of 1,000: a file's brothers and "
                "sisters would stand on the other side."
            )

    def another_salt_is_another_split(f, rng):
        parts = {f("numpy/a.py", f"salt {k}", 1000) for k in range(20)}
        if len(parts) < 15:
            raise Fails(
                f"twenty salts put one package into only {len(parts)} different parts of 1,000."
            )

    def the_parts_are_about_equally_large(f, rng):
        parts = [f(f"package{k}/a.py", "s", 4) for k in range(400)]
        if not all(isinstance(p, int) and 0 <= p < 4 for p in parts):
            raise Fails(f"parts of 4 are 0..3, yours hold {sorted(set(map(str, parts)))[:6]}.")
        counts = [parts.count(p) for p in range(4)]
        if min(counts) < 60:
            raise Fails(
                f"of 400 packages each of four parts should get about 100, yours get {counts}."
            )


class Mistakes:
    @named("split by file", see="86, find the bug 1")
    def split_by_file(path, salt, n):
        """You hash the whole path, so each file goes its own way and a held-out file's brothers and
        sisters stand in training. Hash the package only."""
        return _side(f"{salt}/{path}", n)

    def the_innermost_folder(path, salt, n):
        """You took the folder the file lies in. The folders of one package then go to different
        sides; take the first part of the path."""
        return _side(f"{salt}/{PurePosixPath(path).parent.name or _package(path)}", n)

    @named("the file's own name")
    def the_file_s_own_name(path, salt, n):
        """You hash the file's name without its folders: all __init__.py of the world go to one
        side, and packages are torn apart."""
        return _side(f"{salt}/{PurePosixPath(path).stem}", n)

    def no_salt(path, salt, n):
        """The salt is not used: there is only one split, and no way to see how much a figure
        depends on it."""
        return _side(_package(path), n)

    @named(".py left on a module")
    def py_left_on_a_module(path, salt, n):
        """A module "six.py" is the package "six": remove the suffix, or a package that becomes a
        folder in its next version changes sides."""
        return _side(f"{salt}/{path.split('/')[0]}", n)

    def letters_stripped(path, salt, n):
        """rstrip(".py") strips letters, not an ending: "numpy" becomes "num". Use removesuffix."""
        return _side(f"{salt}/{path.split('/')[0].rstrip('.py')}", n)

    def cut_at_the_first_dot(path, salt, n):
        """Only the ending ".py" goes. A name may hold other dots: "json.decoder.py" is the package
        "json.decoder"."""
        return _side(f"{salt}/{path.split('/')[0].split('.')[0]}", n)

    def always_ten_parts(path, salt, n):
        """You do not use n_parts: take the number modulo n_parts."""
        return _side(f"{salt}/{_package(path)}", 10)
