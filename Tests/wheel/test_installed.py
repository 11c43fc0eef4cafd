"""The wheel in use, in an environment that has neither the checkout nor Swift."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from conftest import BARE, ROOT, Environment, run
from test_wheel import OF_THE_SYSTEM

QUICKSTART = """
import mimir

logger = mimir.Logger()
for i in range(100):
    logger.log({'iteration': i, 'training_error': 1. / (i + 1)})
"""

GZIP = """
import gzip, json, mimir

with mimir.Logger('log.jsonl.gz', maxlen=10, formatter=None) as logger:
    for i in range(1000):
        logger.log({'iteration': i, 'training_error': 1. / (i + 1)})
    assert logger[-1]['training_error'] == 0.001
with gzip.open('log.jsonl.gz', 'rt') as lines:
    read = [json.loads(line) for line in lines]
assert read == [{'iteration': i, 'training_error': 1. / (i + 1)} for i in range(1000)]
with mimir.open('log.jsonl.gz') as entries:
    assert list(entries) == read
"""

# Encrypted, which needs libsodium too.
PUBLISHER = """
import mimir, os, sys

os.mkdir('authorized')
mimir.keygen('server')
mimir.keygen('viewer')
os.rename('viewer.pub', 'authorized/viewer.pub')
with mimir.Logger(stream=True, stream_maxlen=50, formatter=None, push_port=0, router_port=0,
                  key_file='server', authorized_keys='authorized') as logger:
    logger.log({'iteration': 0})
    print(logger.push_port, logger.router_port, flush=True)
    for i in range(1, 50):
        logger.log({'iteration': i})
    sys.stdin.read()
"""
SUBSCRIBER = """
import itertools, mimir, sys

push_port, router_port = map(int, sys.argv[1:])
entries = mimir.subscribe('127.0.0.1', push_port, router_port, timeout=30, key_file='viewer',
                          server_key='server.pub')
print([entry['iteration'] for entry in itertools.islice(entries, 50)])
"""

LOADED = """
import mimir

with open('/proc/self/maps') as maps:
    print(*{line.split()[-1] for line in maps if '.so' in line}, sep='\\n')
"""

TYPED = """
import mimir

logger = mimir.Logger(maxlen="ten")
"""


def test_quickstart(installed: Environment) -> None:
    printed = installed.python("-c", QUICKSTART).splitlines()
    assert printed[:4] == [
        "iteration: 0",
        "training_error: 1.0",
        "iteration: 1",
        "training_error: 0.5",
    ]
    assert len(printed) == 200


def test_a_gzip_log(installed: Environment) -> None:
    installed.python("-c", GZIP)


def test_a_stream_between_processes(installed: Environment) -> None:
    publisher = subprocess.Popen(
        [installed.bin / "python", "-W", "error", "-c", PUBLISHER],
        cwd=installed.elsewhere,
        env=BARE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with publisher:
        try:
            assert publisher.stdout is not None
            ports = publisher.stdout.readline().split()
            assert len(ports) == 2
            received = installed.python("-c", SUBSCRIBER, *ports)
            assert received == f"{list(range(50))}\n"
            publisher.communicate(timeout=30)
        finally:
            publisher.kill()
    assert publisher.returncode == 0


def test_every_library_is_the_wheels_own_or_every_systems(installed: Environment) -> None:
    loaded = [Path(line) for line in installed.python("-c", LOADED).splitlines()]
    packages = installed.packages.resolve()
    ours = {path.name.split("-")[0] for path in loaded if packages in path.parents}
    assert {"libmimir.so.0", "libzmq", "libsodium"} <= ours
    # Those that Python itself brings or loads are there without the package too.
    without = installed.python("-c", LOADED.replace("import mimir", "import ctypes, json"))
    others = {path for path in loaded if packages not in path.parents}
    for path in others - {Path(line) for line in without.splitlines()}:
        stem = re.sub(r"(\.so\.\d+)[\d.]*$", r"\1", path.name)
        is_pythons = "lib-dynload" in path.parts
        assert is_pythons or OF_THE_SYSTEM.fullmatch(stem), path


def test_command(installed: Environment) -> None:
    library = installed.packages / "mimir" / "lib" / "libmimir.so.0"
    assert installed.python("-m", "mimir", "--library") == f"{library} (beside the package)\n"


def test_a_type_checker_sees_its_types(installed: Environment) -> None:
    (installed.elsewhere / "typed.py").write_text(TYPED)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable"]
    python = installed.bin / "python"
    said = run([*mypy, python, "typed.py"], installed.elsewhere, status=1)
    assert 'Argument "maxlen" to "Logger" has incompatible type "str"' in said
    assert "Found 1 error in 1 file" in said


def test_it_does_not_need_the_checkout(installed: Environment) -> None:
    where = installed.python("-c", "import mimir; print(mimir.__file__)")
    assert str(ROOT) not in where
    installed.pip("check")
