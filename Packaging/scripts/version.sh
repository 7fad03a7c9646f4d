#!/bin/sh
# Prints the release of this tree: a tag's own name, else the newest release in CHANGELOG.md, the commit's date and its
# short hash. The tilde sorts it before the release that it will become.
set -eu
cd "$(dirname "$0")/../.."
if ! git rev-parse --verify -q HEAD >/dev/null 2>&1; then
    sed -n 's/^## \([0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1
    exit
fi
tag=$(git describe --exact-match --tags --match 'v[0-9]*' 2>/dev/null || true)
if [ -n "$tag" ]; then
    echo "${tag#v}"
else
    next=$(sed -n 's/^## \([0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)
    echo "$next~git$(git log -1 --format=%cd --date=format:%Y%m%d.%H%M).$(git rev-parse --short=7 HEAD)"
fi
