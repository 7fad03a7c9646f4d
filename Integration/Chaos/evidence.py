"""What a failure leaves for whoever looks into it."""

import os
import shutil

from commands import try_run

KERNEL = {
    "addresses": ["ip", "addr"], "routes": ["ip", "route", "show", "table", "all"], "neighbours": ["ip", "neigh"],
    "forwarding": ["bridge", "fdb"], "links": ["ip", "-d", "-s", "link"], "rules": ["nft", "list", "ruleset"],
}


def keep(storm, place, failure):
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    storm.watch.ending = True
    with open(f"{place}/history", "w") as file:
        file.write("\n".join(storm.history) + f"\n{failure}\n")
    for space, folder in [(storm.field.switch, f"{place}/switch")] + [
            (machine.space, f"{place}/{machine}") for machine in storm.machines.values()]:
        os.makedirs(folder, exist_ok=True)
        for name, words in KERNEL.items():
            write(f"{folder}/{name}", try_run("nsenter", f"--net=/run/netns/{space}", *words))
    for machine in storm.machines.values():
        folder = f"{place}/{machine}"
        machine.resume()
        for words in (["status"], ["list"], ["members"], ["events"], ["key", "list"], ["routes", "--diff"]):
            try:
                said = machine.leasectl(*words, timeout=10)
                write(f"{folder}/leasectl-{'-'.join(words)}", said.stdout + said.stderr)
            except OSError as error:
                write(f"{folder}/leasectl-{'-'.join(words)}", str(error))
        try_run("cp", "-a", machine.state, f"{folder}/state")
        for name in ("log", "subnet.env"):
            try_run("cp", "-a", f"{machine.folder}/{name}", folder)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)

