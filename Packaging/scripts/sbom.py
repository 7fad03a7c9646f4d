#!/usr/bin/env python3
"""Lists what Felt is made of as a CycloneDX 1.5 document: sbom.py RELEASE PROGRAM... > felt.cdx.json

Swift packages come from the resolved dependency graph, system libraries from what the built programs link and the Debian
package database. A licence that is not recognised stops the run: it must be looked at by a person. So does a document
that lacks something: each pinned package and each linked library, with a version and a licence, or it fails.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

# By Debian package, as /usr/share/doc/*/copyright says.
SYSTEM = {
    "libmnl0": "LGPL-2.1-or-later",
    "libsqlite3-0": "blessing",
    "libc6": "LGPL-2.1-or-later",
    "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
}
MARKS = [
    ("Apache License", "Apache-2.0"),
    ("Permission is hereby granted, free of charge", "MIT"),
    ("Redistribution and use in source and binary forms", "BSD-3-Clause"),
]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def licence(folder):
    for path in sorted(folder.glob("LICENSE*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for mark, name in MARKS:
            if mark in text:
                return name
    sys.exit(f"{folder.name}: no licence that sbom.py knows; look at it, and add its mark")


def swift_packages():
    shown = output("swift", "package", "show-dependencies", "--format", "json")
    seen = {}
    waiting = json.loads(shown[shown.index("{"):])["dependencies"]
    while waiting:
        one = waiting.pop()
        seen[one["identity"]] = one
        waiting += one["dependencies"]
    for identity, one in sorted(seen.items()):
        yield {
            "type": "library", "name": identity, "version": one["version"],
            "bom-ref": f"pkg:swift/{identity}@{one['version']}",
            "purl": f"pkg:swift/github.com/apple/{identity}@{one['version']}" if "/apple/" in one["url"]
            else f"pkg:swift/{identity}@{one['version']}",
            "licenses": [{"license": {"id": licence(pathlib.Path(one["path"]))}}],
        }


def linked(programs):
    """The Debian packages of the libraries that these programs load."""
    paths = {match for program in programs for match in re.findall(r"(/\S+) \(0x", output("ldd", program))}
    return {package(path) for path in paths}


def package(path):
    """Some packages name the path before Debian's /usr was merged, some the one behind it."""
    for candidate in [path, "/usr" + path, os.path.realpath(path)]:
        found = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    sys.exit(f"{path} is linked and belongs to no package")


def system_libraries(programs):
    for name in sorted(linked(programs)):
        if name not in SYSTEM:
            sys.exit(f"{name} is linked and its licence not known; look at it, and add it to SYSTEM")
        version = output("dpkg-query", "-W", "-f", "${Version}", name)
        yield {
            "type": "library", "name": name, "version": version,
            "bom-ref": f"pkg:deb/debian/{name}@{version}", "purl": f"pkg:deb/debian/{name}@{version}",
            "licenses": [{"expression": SYSTEM[name]}],
        }


def toolchain():
    return {
        "type": "framework", "name": "swift-runtime", "version": output("swift", "--version").split("\n")[0].strip(),
        "bom-ref": "swift-runtime", "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def check(components):
    """Against what the build itself has written down: Package.resolved."""
    listed = {(one["name"], one["version"]) for one in components}
    pins = json.loads(pathlib.Path("Package.resolved").read_text(encoding="utf-8"))["pins"]
    wanted = {(pin["identity"], pin["state"]["version"]) for pin in pins}
    if wanted - listed:
        sys.exit(f"not in the list: {sorted(wanted - listed)}")
    if not {"libmnl0", "libsqlite3-0"} <= {one["name"] for one in components}:
        sys.exit("libmnl and SQLite are not among the linked libraries: were the programs built?")
    for one in components:
        if not one["version"] or not one["licenses"]:
            sys.exit(f"{one['name']} has no version or no licence")
    if len({one["bom-ref"] for one in components}) != len(components):
        sys.exit("something is listed twice")


def main():
    release, programs = sys.argv[1], sys.argv[2:]
    components = [*swift_packages(), *system_libraries(programs), toolchain()]
    check(components)
    json.dump({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "felt", "version": release, "bom-ref": "felt",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
    }, sys.stdout, indent=2)
    print()


main()
