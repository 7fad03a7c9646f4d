"""Other programs, run to their end."""

import subprocess


def run(*words, text=None):
    """Runs a program and gives its output; one that fails ends the caller with its own words."""
    ended = subprocess.run(words, input=text, capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {ended.stderr.strip() or ended.returncode}")
    return ended.stdout


def try_run(*words):
    """For cleaning up: what is gone already is no failure."""
    return subprocess.run(words, capture_output=True, text=True).stdout
