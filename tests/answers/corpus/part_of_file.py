import hashlib
import os
import zlib
from pathlib import PurePosixPath


def right_split(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def right_pathlib(path, salt, n_parts):
    parts = PurePosixPath(path).parts
    package = parts[0]
    if len(parts) == 1 and package.endswith(".py"):
        package = package[:-3]
    digest = hashlib.sha256((salt + "/" + package).encode("utf8")).digest()
    return int.from_bytes(digest, "big") % n_parts


def right_loop(path, salt, n_parts):
    package, slash, _ = path.partition("/")
    if not slash and package[-3:] == ".py":
        package = package[:-3]
    rest = 0
    for digit in hashlib.new("sha256", "/".join([salt, package]).encode("utf-8")).hexdigest():
        rest = (16 * rest + int(digit, 16)) % n_parts
    return rest


def right_update(path, salt, n_parts):
    h = hashlib.sha256()
    h.update(bytes(salt, "utf8"))
    h.update(b"/")
    name = path[: path.index("/")] if path.count("/") else os.path.splitext(path)[0]
    h.update(name.encode())
    return divmod(int("0x" + h.hexdigest(), 16), n_parts)[1]


def wrong_whole_path(path, salt, n_parts):
    return int(hashlib.sha256(f"{salt}/{path}".encode()).hexdigest(), 16) % n_parts


def wrong_folder(path, salt, n_parts):
    package = os.path.dirname(path) or path.removesuffix(".py")
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def wrong_suffix_kept(path, salt, n_parts):
    package = path.split("/")[0]  # edge: "module.py"
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def wrong_rstrip(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.rstrip(".py")
    # edge: "copy.py" becomes "co"
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def wrong_first_dot(path, salt, n_parts):
    package = path.split("/")[0].split(".")[0]  # edge: "a.b/c.py" and "a.b.py"
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def wrong_no_salt(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return int(hashlib.sha256(package.encode()).hexdigest(), 16) % n_parts


def wrong_salt_behind(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return int(hashlib.sha256(f"{package}/{salt}".encode()).hexdigest(), 16) % n_parts


def wrong_no_slash(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return int(hashlib.sha256((salt + package).encode()).hexdigest(), 16) % n_parts


def wrong_md5(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return int(hashlib.md5(f"{salt}/{package}".encode()).hexdigest(), 16) % n_parts


def wrong_crc(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return zlib.crc32(f"{salt}/{package}".encode()) % n_parts


def wrong_python_hash(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    return hash(f"{salt}/{package}") % n_parts


def wrong_last_digits(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    # n_parts that is no power of two
    return int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest()[-8:], 16) % n_parts


def wrong_float(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    number = float(int(hashlib.sha256(f"{salt}/{package}".encode()).hexdigest(), 16))
    return int(number % n_parts)  # float32: only 53 of the 256 bits are kept


def wrong_ascii(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    text = f"{salt}/{package}".encode("ascii", "ignore")  # edge: a name or salt with an accent
    return int(hashlib.sha256(text).hexdigest(), 16) % n_parts


def wrong_text(path, salt, n_parts):
    package = path.split("/")[0] if "/" in path else path.removesuffix(".py")
    digest = hashlib.sha256(f"{salt}/{package}".encode()).hexdigest()
    return str(int(digest, 16) % n_parts)  # type
