"""Where to look for libmimir."""

import os

SONAME = "libmimir.so.0"


def _in_folder(folder: str) -> list[str]:
    """Every libmimir.so* of a folder; the name it would have when there is none."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith("libmimir.so"))
    except OSError:
        names = []
    return [os.path.join(folder, name) for name in names or ["libmimir.so"]]


def candidates() -> list[tuple[str, str]]:
    """What to load, best first: (path or name, how it came to be on the list)."""
    package = os.path.dirname(os.path.abspath(__file__))
    found = []
    named = os.environ.get("MIMIR_LIBRARY")
    if named:
        found.append((named, "MIMIR_LIBRARY"))
    for folder in (os.path.join(package, "lib"), package):
        found += [(path, "beside the package") for path in _in_folder(folder)]
    root = os.path.dirname(os.path.dirname(os.path.dirname(package)))
    # Only in a checkout: an installed package must not load whatever lies three folders up.
    if package == os.path.join(root, "bindings", "python", "mimir") and os.path.exists(
        os.path.join(root, "include", "mimir.h")
    ):
        found.append((os.path.join(root, "build", "lib", "libmimir.so"), "of the checkout"))
    found.append((SONAME, "the system's search path"))
    return found
