#!/usr/bin/env python3
"""Lists what Felt is made of as a CycloneDX 1.5 document: sbom.py RELEASE > felt.cdx.json

Swift packages come from the resolved dependency graph, system libraries from the Debian package database. A licence that is
not recognised stops the run: it must be looked at by a person.
"""
import json
import pathlib
import subprocess
import sys

SYSTEM = {"libmnl-dev": "LGPL-2.1-or-later", "libsqlite3-dev": "blessing"}
MARKS = [
    ("Apache License", "Apache-2.0"),
    ("Permission is hereby granted, free of charge", "MIT"),
    ("Redistribution and use in source and binary forms", "BSD-3-Clause"),
]


def licence(folder):
    for path in sorted(folder.glob("LICENSE*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for mark, name in MARKS:
            if mark in text:
                return name
    sys.exit(f"{folder.name}: no licence that sbom.py knows; look at it, and add its mark")


def swift_packages():
    shown = subprocess.run(
        ["swift", "package", "show-dependencies", "--format", "json"], check=True, capture_output=True).stdout
    seen = {}
    waiting = json.loads(shown[shown.index(b"{"):])["dependencies"]
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


def system_libraries():
    for name, identifier in sorted(SYSTEM.items()):
        version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", name], check=True, capture_output=True, text=True).stdout
        yield {
            "type": "library", "name": name.removesuffix("-dev"), "version": version,
            "bom-ref": f"pkg:deb/debian/{name}@{version}", "purl": f"pkg:deb/debian/{name}@{version}",
            "licenses": [{"license": {"id": identifier}}],
        }


def toolchain():
    first = subprocess.run(["swift", "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]
    return {
        "type": "framework", "name": "swift-runtime", "version": first.strip(), "bom-ref": "swift-runtime",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


document = {
    "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
    "metadata": {
        "component": {
            "type": "application", "name": "felt", "version": sys.argv[1], "bom-ref": "felt",
            "licenses": [{"license": {"id": "Apache-2.0"}}],
        }
    },
    "components": [*swift_packages(), *system_libraries(), toolchain()],
}
json.dump(document, sys.stdout, indent=2)
print()
