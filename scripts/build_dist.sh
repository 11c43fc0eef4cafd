#!/usr/bin/env bash
# Makes a Debian package and a tarball of what `make install` installs, in build/dist. Same sources,
# same bytes: no time but SOURCE_DATE_EPOCH goes in (the last commit's, unless it is set).
source "$(dirname "$0")/common.sh"
umask 022

version=$(mimir_version)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null ||
  stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
maintainer="${DEBFULLNAME:-the Mímir authors} <${DEBEMAIL:-authors@mimir.invalid}>"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root
doc=$root/usr/share/doc/mimir

install_into() { make --no-print-directory install "$@" >/dev/null; }

# The Debian packages that the binaries need, and since which version these have what they use.
dependencies() {
  mkdir -p "$stage/shlibs/debian"
  printf 'Source: mimir\n\nPackage: mimir\nArchitecture: any\n' >"$stage/shlibs/debian/control"
  (cd "$stage/shlibs" && dpkg-shlibdeps -O "$root/usr/bin/mimir" \
    "$root"/usr/lib/*/libmimir.so."$version" 2>"$stage/shlibs/log") |
    sed -n 's/^shlibs:Depends=//p' || die "$(cat "$stage/shlibs/log")"
}

# What Debian asks for: its own copyright file and changelog, packed manuals, plain libraries.
debianize() {
  { cat packaging/copyright.in && sed -n '/^Permission/,$ { s/^$/./; s/^/ /; p }' LICENSE; } \
    >"$doc/copyright"
  rm "$doc/LICENSE"
  {
    printf 'mimir (%s) unstable; urgency=medium\n\n' "$version"
    # Its section of CHANGELOG.md; from "- point" to "  * point".
    awk -v version="$version" '/^## / { wanted = $2 == version; next } wanted' CHANGELOG.md |
      sed -n 's/^  \([^ ]\)/    \1/p; s/^- /  * /p'
    printf '\n -- %s  %s\n' "$maintainer" "$(date -Ru -d "@$SOURCE_DATE_EPOCH")"
  } | gzip -9n >"$doc/changelog.gz"
  rm "$doc/CHANGELOG.md"
  gzip -9n "$root"/usr/share/man/man*/*
  chmod 644 "$root"/usr/lib/*/libmimir.so."$version"
}

debian_control() {
  mkdir "$root/DEBIAN"
  sed -e "s/@VERSION@/$version/; s/@MAINTAINER@/$maintainer/; s/@ARCHITECTURE@/$1/" \
    -e "s/@DEPENDS@/$2/; s/@SIZE@/$(du -sk "$root/usr" | cut -f1)/" \
    packaging/control.in >"$root/DEBIAN/control"
  echo "libmimir 0 mimir (>= $version)" >"$root/DEBIAN/shlibs"
  echo "activate-noawait ldconfig" >"$root/DEBIAN/triggers"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

make_package() {
  local architecture depends package
  architecture=$(dpkg --print-architecture)
  package=build/dist/mimir_${version}_$architecture.deb
  install_into PREFIX=/usr "DESTDIR=$root" "LIBDIR=lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)" \
    ZSHCOMPDIR=share/zsh/vendor-completions
  depends=$(dependencies)
  debianize
  debian_control "$architecture" "$depends"
  find "$root" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
  # xz: every dpkg can read it; level 1: a seventh larger than 6, in a fifth of the time.
  dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$package" >/dev/null
  echo "$package"
}

make_tarball() {
  local name
  name=mimir-$version-linux-$(uname -m)
  install_into "PREFIX=/$name" "DESTDIR=$stage"
  tar -C "$stage" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner \
    "--mtime=@$SOURCE_DATE_EPOCH" -cf - "$name" | gzip -n >"build/dist/$name.tar.gz"
  echo "build/dist/$name.tar.gz"
}

command -v dpkg-shlibdeps >/dev/null || die "dpkg-dev is missing: apt-get install dpkg-dev"
rm -rf build/dist
mkdir -p build/dist
make_package
make_tarball
