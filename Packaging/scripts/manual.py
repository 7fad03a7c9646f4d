#!/usr/bin/env python3
"""Makes a manual page from a program's own description of its commands.

    manual.py PROGRAM SECTION RELEASE [MORE] > page

PROGRAM --experimental-dump-help gives names, options and texts, so the page and --help never differ. MORE holds further
sections, in roff, for the end of the page. For section 5 MORE is the page, but for the keys of the configuration file,
which are PROGRAM's options: they stand in the place of its line KEYS.
"""
import json
import subprocess
import sys


def roff(text):
    """Text that roff prints as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def names(argument):
    if argument["kind"] == "positional":
        return "\\fI" + roff(argument.get("valueName", "value").upper()) + "\\fR"
    spelled = []
    for name in argument.get("names", []):
        dashes = "--" if name["kind"] == "long" else "-"
        spelled.append("\\fB" + roff(dashes + name["name"]) + "\\fR")
    text = ", ".join(spelled)
    if argument["kind"] == "option":
        text += " \\fI" + roff(argument.get("valueName", "value")) + "\\fR"
    return text


def shown(command):
    skipped = {"help", "version"}
    return [
        argument for argument in command.get("arguments", [])
        if argument.get("shouldDisplay", True) and argument.get("valueName") not in skipped
    ]


def describe(arguments, lines):
    for argument in arguments:
        lines += [".TP", names(argument)]
        text = argument.get("abstract", "")
        if argument.get("discussion"):
            text += ("\n" if text else "") + argument["discussion"]
        if argument.get("defaultValue"):
            text += f" Default: {argument['defaultValue']}."
        lines.append(roff(text.strip()) or "\\&")


def paragraphs(text, lines):
    for paragraph in text.split("\n\n"):
        if not lines[-1].startswith(".SH"):
            lines.append(".PP")
        if any(line.startswith("  ") for line in paragraph.split("\n")) or "  " in paragraph:
            lines += [".nf", roff(paragraph), ".fi"]
        else:
            lines.append(roff(paragraph))


def synopsis(path, command):
    parts = ["\\fB" + roff(" ".join(path)) + "\\fR"]
    for argument in shown(command):
        text = names(argument).split(", ")[-1]
        if argument.get("isRepeating"):
            text += "..."
        if argument["kind"] == "positional" and not argument.get("isOptional"):
            parts.append(text)
        elif argument["kind"] == "positional":
            parts.append(f"[{text}]")
    return " ".join(parts)


def leaves(path, command):
    subcommands = [one for one in command.get("subcommands", []) if one.get("shouldDisplay", True)]
    subcommands = [one for one in subcommands if one["commandName"] != "help"]
    if not subcommands:
        yield path, command
    for one in subcommands:
        yield from leaves(path + [one["commandName"]], one)


def key(argument):
    return argument.get("kind"), json.dumps(argument.get("names")), argument.get("valueName")


def page(program, section, release, more):
    dumped = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout
    root = json.loads(dumped)["command"]
    name = root["commandName"]
    commands = [(path, one) for path, one in leaves([name], root) if len(path) > 1]
    sets = [{key(argument) for argument in shown(one)} for _, one in commands]
    common = set.intersection(*sets) if len(sets) > 1 else set()

    lines = [f'.TH {name.upper()} {section} "" "Felt {release}" "Felt"', ".SH NAME"]
    lines += [roff(f"{name} - {root['abstract'].rstrip('.')}"), ".SH SYNOPSIS"]
    if commands:
        lines.append("\\fB" + roff(name) + "\\fR [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]")
    else:
        lines.append("\\fB" + roff(name) + "\\fR [\\fIoptions\\fR]")
    if root.get("discussion"):
        lines.append(".SH DESCRIPTION")
        paragraphs(root["discussion"], lines)
    if commands:
        lines.append(".SH COMMANDS")
    for path, one in commands:
        lines += [f".SS {roff(' '.join(path[1:]))}", synopsis(path, one), ".PP", roff(one.get("abstract", ""))]
        describe([argument for argument in shown(one) if key(argument) not in common], lines)
        if one.get("discussion"):
            paragraphs(one["discussion"], lines)
    options = shown(root) if not commands else [
        argument for argument in shown(commands[0][1]) if key(argument) in common
    ]
    if options:
        lines.append(".SH OPTIONS")
        describe(options, lines)
    text = "\n".join(lines) + "\n"
    return text + (open(more, encoding="utf-8").read() if more else "")


# These lead to the file, or are no settings.
NO_KEYS = {"config", "version", "help"}


def file_page(program, release, template):
    dumped = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout
    lines = []
    for argument in shown(json.loads(dumped)["command"]):
        spelled = [name["name"] for name in argument.get("names", []) if name["kind"] == "long"]
        if not spelled or spelled[0] in NO_KEYS:
            continue
        kind = "true or false" if argument["kind"] == "flag" else argument.get("valueName", "value")
        # feltd takes every option more than once, to tell that from a contradiction; these mean it.
        if "Repeatable" in argument.get("abstract", ""):
            kind += ", or an array of them"
        lines += [".TP", f"\\fB{roff(spelled[0])}\\fR: {roff(kind)}", roff(argument.get("abstract", "")) or "\\&"]
    text = open(template, encoding="utf-8").read().replace("RELEASE", release)
    return text.replace("KEYS\n", "\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[2] == "5":
        sys.stdout.write(file_page(sys.argv[1], *sys.argv[3:5]))
    else:
        sys.stdout.write(page(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 else None))
