#!/usr/bin/env bash
# install_tree.sh install|uninstall: puts what was built below PREFIX, or takes it away again; one
# list of files for both. The folders come from `make install`, as variables. DESTDIR goes before
# each when files are written, and into none of them.
source "$(dirname "$0")/common.sh"
umask 022

action=$1
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
[ -n "$PREFIX" ] || die "PREFIX is empty"
PREFIX=$(realpath -ms "$PREFIX")
for folder in BINDIR LIBDIR INCLUDEDIR MANDIR DOCDIR PKGCONFIGDIR CMAKEDIR BASHCOMPDIR ZSHCOMPDIR \
  FISHCOMPDIR; do
  case ${!folder} in
    /*) ;;
    *) printf -v "$folder" %s "$PREFIX/${!folder}" ;;
  esac
  printf -v "$folder" %s "$(realpath -ms "${!folder}")"
done

# put MODE FILE FOLDER [NAME]
put() {
  local target=$DESTDIR$3/${4-$(basename "$2")}
  if [ "$action" = install ]; then
    install -D -m "$1" "$2" "$target"
  else
    rm -f "$target"
  fi
}

# put_link TARGET FOLDER NAME
put_link() {
  if [ "$action" = install ]; then
    ln -sfn "$1" "$DESTDIR$2/$3"
  else
    rm -f "$DESTDIR$2/$3"
  fi
}

# How FOLDER is written below PREFIX, which mimir.pc defines.
from_prefix() {
  # shellcheck disable=SC2016  # pkg-config's variable
  case $1 in
    "$PREFIX"/*) printf '${prefix}%s' "${1#"$PREFIX"}" ;;
    *) printf %s "$1" ;;
  esac
}

# mimir.pc finds its folder by its own place, so that the whole prefix may be moved; but not in the
# system's own prefixes: there pkg-config leaves out -I and -L only of plain names, and puts a
# sysroot before those alone.
pc_prefix() {
  # shellcheck disable=SC2016  # pkg-config's variable
  case $PREFIX:$PKGCONFIGDIR in
    /usr:* | /usr/local:*) printf %s "$PREFIX" ;;
    "$PREFIX:$PREFIX"/*)
      printf '${pcfiledir}/%s' "$(realpath -ms --relative-to="$PKGCONFIGDIR" "$PREFIX")"
      ;;
    *) printf %s "$PREFIX" ;;
  esac
}

from_cmake() { realpath -ms --relative-to="$CMAKEDIR" "$1"; }

# fill FILE.in FOLDER: installs FILE with its @names@ filled in.
fill() {
  local name
  name=$(basename "$1" .in)
  sed -e "s|@VERSION@|$version|g" -e "s|@PC_PREFIX@|$(pc_prefix)|" \
    -e "s|@PC_LIBDIR@|$(from_prefix "$LIBDIR")|" \
    -e "s|@PC_INCLUDEDIR@|$(from_prefix "$INCLUDEDIR")|" \
    -e "s|@CMAKE_LIBDIR@|$(from_cmake "$LIBDIR")|" \
    -e "s|@CMAKE_INCLUDEDIR@|$(from_cmake "$INCLUDEDIR")|" "$1" >"$stage/$name"
  put 644 "$stage/$name" "$2"
}

version=$(mimir_version)
put 755 "build/lib/libmimir.so.$version" "$LIBDIR"
put_link "libmimir.so.$version" "$LIBDIR" libmimir.so.0
put_link libmimir.so.0 "$LIBDIR" libmimir.so
put 755 build/bin/mimir "$BINDIR"
while read -r header; do
  put 644 "$header" "$(dirname "$INCLUDEDIR/${header#include/}")"
done < <(find include -name '*.h' -o -name '*.hpp')
fill pkgconfig/mimir.pc.in "$PKGCONFIGDIR"
fill cmake/mimirConfig.cmake.in "$CMAKEDIR"
fill cmake/mimirConfigVersion.cmake.in "$CMAKEDIR"
for page in man/*.[1-8]; do put 644 "$page" "$MANDIR/man${page##*.}"; done
put 644 build/completions/bash "$BASHCOMPDIR" mimir
put 644 build/completions/zsh "$ZSHCOMPDIR" _mimir
put 644 build/completions/fish "$FISHCOMPDIR" mimir.fish
for file in README.md CHANGELOG.md LICENSE; do put 644 "$file" "$DOCDIR"; done
for file in docs/format.md docs/protocol.md; do put 644 "$file" "$DOCDIR/docs"; done
for file in Examples/digits.py Examples/{c,cpp,torch}/{Makefile,CMakeLists.txt,README.md,*.py,*.[ch],*.[ch]pp}; do
  [ ! -e "$file" ] || put 644 "$file" "$(dirname "$DOCDIR/examples/${file#Examples/}")"
done

if [ "$action" = uninstall ]; then
  # Folders that are Mímir's own, as far as nobody else has put something there.
  for folder in "$INCLUDEDIR/mimir" "$CMAKEDIR" "$DOCDIR"; do
    [ ! -d "$DESTDIR$folder" ] || find "$DESTDIR$folder" -depth -type d -empty -delete
  done
fi
if [ -z "$DESTDIR" ] && [ "$(id -u)" = 0 ]; then
  # Where the loader keeps a list of its libraries, it needs to know.
  PATH=$PATH:/sbin:/usr/sbin
  ! command -v ldconfig >/dev/null || ldconfig || true
fi
echo "mimir $version ${action}ed: $DESTDIR$PREFIX"
