#!/bin/sh
# Installs the release build: install.sh BINARIES DESTDIR. Configuration that is there is left as it is.
set -eu
binaries=$1 root=$2
cd "$(dirname "$0")/../.."
release=$("$binaries/leasectl" --version)

program() { # program, folder
    install -D -m 755 "$binaries/$1" "$root/usr/$2/$1"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/$2/$1"
}
file() { install -D -m 644 "$1" "$root$2"; }
setting() { [ -e "$root$2" ] || file "$1" "$2"; }
page() { # name.section
    mkdir -p "$root/usr/share/man/man${1##*.}"
    gzip -9n >"$root/usr/share/man/man${1##*.}/$1.gz"
}

program feltd sbin
program leasectl bin
file Packaging/systemd/feltd.service /lib/systemd/system/feltd.service
if [ -x "$binaries/felt-web" ]; then
    program felt-web bin
    file Packaging/systemd/felt-web.service /lib/systemd/system/felt-web.service
    Packaging/scripts/manual.py "$binaries/felt-web" 8 "$release" | page felt-web.8
fi
setting Packaging/default/feltd /etc/default/feltd
setting Packaging/default/feltd.json /etc/felt/feltd.json
file Packaging/networkd/10-felt.network /usr/lib/systemd/network/10-felt.network
file Packaging/networkd/10-felt.link /usr/lib/systemd/network/10-felt.link
file Packaging/networkd/50-felt.conf /usr/lib/systemd/networkd.conf.d/50-felt.conf
file Packaging/NetworkManager/felt.conf /usr/lib/NetworkManager/conf.d/felt.conf
file Packaging/sysctl/60-felt.conf /usr/lib/sysctl.d/60-felt.conf

Packaging/scripts/manual.py "$binaries/leasectl" 1 "$release" Packaging/man/leasectl.roff | page leasectl.1
Packaging/scripts/manual.py "$binaries/feltd" 8 "$release" Packaging/man/feltd.roff | page feltd.8
Packaging/scripts/manual.py "$binaries/feltd" 5 "$release" Packaging/man/felt.roff | page felt.5

completions=$root/usr/share
mkdir -p "$completions/bash-completion/completions" "$completions/zsh/vendor-completions" \
    "$completions/fish/vendor_completions.d"
for name in feltd leasectl; do
    "$binaries/$name" --generate-completion-script bash | sed '/^#!/d' >"$completions/bash-completion/completions/$name"
    "$binaries/$name" --generate-completion-script zsh >"$completions/zsh/vendor-completions/_$name"
    "$binaries/$name" --generate-completion-script fish >"$completions/fish/vendor_completions.d/$name.fish"
done
