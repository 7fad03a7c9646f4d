#!/bin/sh
# Writes the release into the header that the programs are built with; leaves a header that is right untouched, so that
# nothing is built again. The build does not see that a header of a module has changed: who imports it is touched.
set -eu
cd "$(dirname "$0")/../.."
header=Sources/CRelease/generated.h
line="#define FELT_RELEASE \"$(Packaging/scripts/version.sh)\""
[ -f "$header" ] && [ "$(cat "$header")" = "$line" ] && exit
echo "$line" >"$header"
grep -rl --include='*.swift' '^internal import CRelease' Sources | xargs touch
