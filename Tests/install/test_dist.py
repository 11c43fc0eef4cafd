"""The tarball and the Debian package as files."""

from __future__ import annotations

import gzip
import re
import tarfile
from pathlib import Path

from .programs import ROOT, check_training, files, pkg_config, run
from .test_cmake import build as build_with_cmake
from .test_pkg_config import build as build_with_make


def test_both_are_the_same_bytes_again(dist: Path) -> None:
    run([ROOT / "scripts" / "build_dist.sh"], ROOT, timeout=200)
    made = {path.name: path.read_bytes() for path in (ROOT / "build" / "dist").iterdir()}
    assert len(made) == 2
    assert made == {path.name: path.read_bytes() for path in dist.iterdir()}


def test_the_tarball_works_wherever_it_is_unpacked(
    dist: Path, prefix: Path, tmp_path: Path, examples: Path, data: Path
) -> None:
    (tarball,) = dist.glob("*.tar.gz")
    with tarfile.open(tarball) as archive:
        assert {(member.uid, member.gid) for member in archive} == {(0, 0)}
        assert {Path(member.name).parts[0] for member in archive} == {
            tarball.name.removesuffix(".tar.gz")
        }
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    run(["tar", "xf", tarball, "-C", unpacked, "--strip-components=1"], tmp_path)
    assert files(unpacked) == files(prefix)
    pkgconfig = unpacked / "lib" / "pkgconfig"
    check_training(build_with_make(examples / "c", pkgconfig), data, "c.jsonl")
    check_training(build_with_cmake(examples / "c", unpacked), data, "c.jsonl")
    assert pkg_config(pkgconfig, "--cflags") == [f"-I{pkgconfig}/../../include"]


def test_the_package_depends_on_what_its_binaries_load(package: Path) -> None:
    depends = run(["dpkg-deb", "--field", package, "Depends"], package.parent)
    names = {entry.split()[0] for entry in depends.strip().split(", ")}
    assert names == {"libc6", "libgcc-s1", "libstdc++6", "libzmq5", "zlib1g"}
    (needed,) = re.findall(r"libc6 \(>= ([\d.]+)\)", depends)
    used = run(["objdump", "-T", ROOT / "build" / "lib" / "libmimir.so"], ROOT)
    versions = [tuple(map(int, text.split("."))) for text in re.findall(r"GLIBC_([\d.]+)", used)]
    assert tuple(map(int, needed.split("."))) >= max(versions)


def test_the_packages_files_are_roots(package: Path) -> None:
    lines = run(["dpkg-deb", "--contents", package], package.parent).splitlines()
    assert len(lines) > 40
    assert {line.split()[1] for line in lines} == {"root/root"}
    assert {line.split()[0][7:] for line in lines if not line.startswith("l")} <= {"r-x", "r--"}


def test_the_packages_changelog_has_each_point_once(package: Path, tmp_path: Path) -> None:
    run(["dpkg-deb", "--extract", package, tmp_path / "root"], tmp_path)
    packed = tmp_path / "root/usr/share/doc/mimir/changelog.gz"
    text = gzip.decompress(packed.read_bytes()).decode()
    ours = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.count("\n  * ") == ours.count("\n- ")
    assert len(re.findall(r"^    \S", text, re.M)) == len(re.findall(r"^  \S", ours, re.M))
