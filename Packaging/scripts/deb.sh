#!/bin/sh
# Builds the Debian package from the release build: deb.sh BINARIES OUTPUT [VERSION].
set -eu
binaries=$1 output=$2
cd "$(dirname "$0")/../.."
version=${3:-$("$binaries/leasectl" --version)}
# Whoever builds the package for others names an address that answers: DEB_MAINTAINER="Name <address>".
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root" "$root.stub"' EXIT
chmod 755 "$root"

Packaging/scripts/install.sh "$binaries" "$root"
documents=$root/usr/share/doc/felt
install -D -m 644 Packaging/deb/copyright "$documents/copyright"
maintainer=${DEB_MAINTAINER:-The Felt developers <felt@felt.invalid>}
date=$(git log -1 --format=%cD 2>/dev/null || date -R)
printf 'felt (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$version" "$maintainer" "$date" |
    gzip -9n >"$documents/changelog.gz"
chmod 644 "$documents/changelog.gz"
install -m 644 README.md CHANGELOG.md "$documents/"
install -D -m 644 Packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/felt"
if [ -d Documentation ]; then cp -r --no-preserve=mode,ownership Documentation "$documents/"; fi

# dpkg-shlibdeps reads a debian/control; the package has none.
mkdir -p "$root.stub/debian"
printf 'Source: felt\n\nPackage: felt\nArchitecture: any\n' >"$root.stub/debian/control"
depends=$(cd "$root.stub" && dpkg-shlibdeps -O "$root"/usr/sbin/feltd "$root"/usr/bin/* 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "dpkg-shlibdeps named no dependency" >&2; exit 1; }

mkdir -p "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@SIZE@/$(du -sk "$root/usr" "$root/etc" "$root/lib" | awk '{ n += $1 } END { print n }')/" \
    Packaging/deb/control.in >"$root/DEBIAN/control"
install -m 644 Packaging/deb/conffiles "$root/DEBIAN/conffiles"
install -m 755 Packaging/deb/postinst Packaging/deb/prerm Packaging/deb/postrm "$root/DEBIAN/"
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
mkdir -p "$output"
dpkg-deb --root-owner-group --build "$root" "$output/felt_${version}_$architecture.deb"
