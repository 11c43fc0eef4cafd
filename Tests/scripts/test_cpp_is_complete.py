"""C++ has what C has: what include/mimir/*.h declares is used by some include/mimir/*.hpp."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from check_abi import ROOT, declared

HEADERS = ROOT / "include" / "mimir"


def without_comments(path: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"//.*", "", text)


CPP = "\n".join(without_comments(path) for path in sorted(HEADERS.glob("*.hpp")))
C = "\n".join(without_comments(path) for path in sorted(HEADERS.glob("*.h")))


FIELD = re.compile(r"(?:\(\*)?(\w+)(?:\[\w+\]|\)\(.*\))?\s*$", re.DOTALL)


def options() -> dict[str, set[str]]:
    """The fields of every options struct that a user sets."""
    found = {}
    for body, name in re.findall(r"typedef struct \w+ \{([^{}]*)\} (mimir_\w+_options);", C):
        fields = {match[1] for match in map(FIELD.search, body.split(";")) if match}
        found[name] = fields - {"struct_size", "reserved"}
    return found


def constants() -> set[str]:
    """Every enumerator but the errors, which come out and do not go in."""
    enums = re.findall(r"\benum \{([^{}]*)\}", C)
    names = {name for body in enums for name in re.findall(r"\b(MIMIR_\w+)\s*=", body)}
    return {name for name in names if not name.startswith("MIMIR_ERROR_")}


def test_every_function_is_called() -> None:
    functions = declared()
    assert {"mimir_entry_new", "mimir_logger_open", "mimir_version_string"} <= functions
    assert {name for name in functions if not re.search(rf"\b{name}\s*\(", CPP)} == set()


@pytest.mark.parametrize("name", sorted(options()))
def test_every_option_is_set(name: str) -> None:
    # In the functions that fill the struct, each up to the next that fills another.
    _, *filled = re.split(rf"\b{name} c = ", CPP)
    body = "".join(re.split(r"\bmimir_\w+_options c = ", rest)[0] for rest in filled)
    assert {field for field in options()[name] if not re.search(rf"\bc\.{field} =", body)} == set()


def test_the_options_are_found() -> None:
    assert {"mimir_logger_options", "mimir_server_options"} <= options().keys()
    assert {"path", "max_entry_bytes", "on_warning"} <= options()["mimir_logger_options"]


def test_every_constant_is_used() -> None:
    names = constants()
    assert {"MIMIR_MODE_APPEND", "MIMIR_DTYPE_FLOAT16"} <= names
    assert {name for name in names if not re.search(rf"\b{name}\b", CPP)} == set()
