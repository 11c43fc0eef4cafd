#!/usr/bin/env bash
# seal.sh LAYERS TOOLCHAIN CHECKOUT: run in a mount namespace of its own. Puts layers in memory over
# the system's folders, hides the other two, prints its process number, and stays until its standard
# input ends.
set -euo pipefail
layers=$1
toolchain=$2
checkout=$3

mount -t tmpfs none "$layers"
for folder in etc usr var; do
  mkdir -p "$layers/$folder/changes" "$layers/$folder/work"
  options=lowerdir=/$folder,upperdir=$layers/$folder/changes,workdir=$layers/$folder/work
  mount -t overlay -o "$options" overlay "/$folder"
done
if [ "$toolchain" = /usr ]; then
  rm -rf /usr/bin/swift* /usr/lib/swift /usr/lib/swift_static
else
  mount -t tmpfs none "$toolchain"
fi
mount -t tmpfs none "$checkout"

echo $$
exec cat >/dev/null
