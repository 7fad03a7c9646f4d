"""Questions to a feltd over its control socket."""

import json
import socket


def ask(path, method, params=None, timeout=2):
    """The result; OSError when nobody answers, RuntimeError with feltd's own words when it refuses."""
    request = {"id": 1, "method": method}
    if params is not None:
        request["params"] = params
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile() as lines:
            line = lines.readline()
    if not line:
        raise ConnectionError("closed")
    answer = json.loads(line)
    if "error" in answer and answer["error"] is not None:
        raise RuntimeError(answer["error"])
    return answer["result"]
