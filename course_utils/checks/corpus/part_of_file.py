"""Exercise of laboratory 86b: which part of a split a source file belongs to."""

import hashlib
import os

from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="86b, step 3", difficulty=2, minutes=6)
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
    yield "six.py", "a", 997
    yield "torch/linalg/_linalg.py", "a", 1000
    yield "torch/__init__.py", "b", 1009
    yield "json/decoder.py", "", 7919
    yield "copy.py", "split", 10_007  # ends in letters of ".py"
    yield "json.decoder.py", "a", 1013  # one module; only the ending goes
    yield "my.pyproject/x.py", "a", 4099
    yield "Café/menu.py", "ü", 5003


class Properties:
    def a_package_is_never_torn_apart(f, rng):
        paths = "numpy/a.py", "numpy/linalg/b.py", "numpy/linalg/tests_of/c.py", "numpy/__init__.py"
        parts = [f(path, "s", 1000) for path in paths]
        says = f"four files of one package go to the parts {parts} of 1,000: a file's brothers "
        expect(len(set(parts)) == 1, says + "and sisters would stand on the other side.")

    def another_salt_is_another_split(f, rng):
        n = len({f("numpy/a.py", f"salt {k}", 1000) for k in range(20)})
        expect(n >= 15, f"twenty salts put one package into only {n} different parts of 1,000.")


def part_of(text: str, n: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n


class Mistakes:
    @named("split by file", see="86b, step 5")
    def split_by_file(path, salt, n):
        """You hash the whole path, so each file goes its own way and a held-out file's brothers and
        sisters stand in training. Hash the package only."""
        return part_of(f"{salt}/{path}", n)

    def the_folder_the_file_lies_in(path, salt, n):
        """The folders of one package then go to different sides; take the first part of the
        path."""
        return part_of(f"{salt}/{os.path.dirname(path) or path.removesuffix('.py')}", n)

    @named(".py left on a module")
    def ending_left(path, salt, n):
        """A module "six.py" is the package "six": remove the suffix, or a package that becomes a
        folder in its next version changes sides."""
        return part_of(f"{salt}/{path.split('/')[0]}", n)

    def letters_stripped(path, salt, n):
        """rstrip(".py") strips letters, not an ending: "copy.py" becomes "co". Use
        removesuffix."""
        return part_of(f"{salt}/{path.split('/')[0].rstrip('.py')}", n)

    @named("Python's own hash")
    def pythons_hash(path, salt, n):
        """hash() of a text differs from start to start: after every restart other files would be
        held out. sha256 gives the same number for ever."""
        return hash(f"{salt}/{path.split('/')[0].removesuffix('.py')}") % n
