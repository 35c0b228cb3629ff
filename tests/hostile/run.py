"""Sends the API what nobody should send: schemathesis, from the description that the API
gives of itself, with keys of several roles and with none. Wants no failure of the
server, answers as they are described, and nothing for whoever may not.

    target/hostile/bin/python tests/hostile/run.py target/debug/spiffcast [examples]
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
# Scopes of the keys, by role. A role that lacks a permission cannot have it as a scope.
SCOPES = {
    "manager": "ask,answers-read,answers-annotate,reports-export,programs-read,accuracy-read,earnings-any,api-describe",
    "auditor": "answers-read,programs-read,accuracy-read",
    "partner": "earnings-own",
}
# Left out: a scenario that fits the schema may still be none (422, with what is wrong).
LEFT_OUT = "positive_data_acceptance"


def command(binary, data, *arguments, text=""):
    done = subprocess.run(
        [binary, *arguments, "--data", data], input=text, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout.strip()


def start(binary, data):
    server = subprocess.Popen(
        [binary, "serve", "--listen", "127.0.0.1:0", "--data", data], stderr=subprocess.PIPE, text=True
    )
    for line in server.stderr:
        if "ready: http://" in line:
            return server, "http://" + line.split("ready: http://")[1].split("/")[0]
    sys.exit("the server did not start")


def status(url, method, key=None, body=None):
    headers = {"content-type": "application/json"}
    if key is not None:
        headers["authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, method=method, headers=headers, data=body)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def turned_away(base, description, keys):
    """Every operation without a key, with one that is none, and with one that does not reach."""
    wrong = []
    made_up = {"id": "none", "format": "json", "partner": "P-1", "transaction": "none"}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if operation.get("security") == []:
                continue
            url = base + path.format(**made_up)
            body = b"{}" if "requestBody" in operation else None
            for key in (None, "spiffcast_" + "0" * 64, "' OR 1=1 --"):
                found = status(url, method.upper(), key, body)
                if found != 401:
                    wrong.append(f"{method} {path} with {key!r}: {found}, not 401")
            needs = operation["x-permission"].split(" or ")
            for role, key in keys.items():
                found = status(url, method.upper(), key, body)
                if not set(needs) & set(SCOPES[role].split(",")) and found != 403:
                    wrong.append(f"{method} {path} as {role}: {found}, not 403")
    return wrong


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    examples = sys.argv[2] if len(sys.argv) > 2 else "8"
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "data")
        command(binary, data, "import", str(HERE / "company"))
        keys = {}
        for role, scopes in SCOPES.items():
            partner = ["--partner", "P-2"] if role == "partner" else []
            login = f"hostile-{role}"
            password = "correct horse battery staple\n"
            command(binary, data, "user", "add", login, "--role", role, *partner, "--password-stdin", text=password)
            keys[role] = command(binary, data, "user", "key", login, "--scopes", scopes)
        # The pace is held by a test of its own; here everything is to be answered.
        (pathlib.Path(data) / "spiffcast.toml").write_text("requests_per_minute = 1000000\n")
        server, base = start(binary, data)
        try:
            request = urllib.request.Request(
                base + "/api/v1/openapi.json", headers={"authorization": f"Bearer {keys['manager']}"}
            )
            description = json.load(urllib.request.urlopen(request, timeout=60))
            told = pathlib.Path(folder) / "openapi.json"
            told.write_text(json.dumps(description))
            wrong = turned_away(base, description, keys)
            if wrong:
                sys.exit("\n".join(wrong))
            print(f"{len(description['paths'])} addresses turn away who may not.", flush=True)
            failed = []
            for role, key in keys.items():
                print(f"-- schemathesis as {role}", flush=True)
                ran = subprocess.run(
                    [
                        str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", str(told), "--url", base,
                        "-H", f"Authorization: Bearer {key}", "-n", examples, "--seed", "7", "--no-color",
                        "--generation-database", "none", "--exclude-checks", LEFT_OUT, "--request-timeout", "60",
                        "--phases", "coverage,fuzzing,stateful" if role == "manager" else "coverage,fuzzing",
                        "--warnings", "off", "--continue-on-failure",
                    ],
                    timeout=1200, capture_output=True, text=True, cwd=folder,
                )
                kept = ran.stdout.find("= FAILURES =")
                print(ran.stdout[kept:] if ran.returncode else ran.stdout[-700:], flush=True)
                if ran.returncode:
                    failed.append(role)
            if server.poll() is not None:
                sys.exit("the server ended")
            if failed:
                sys.exit(f"schemathesis found failures as {', '.join(failed)}")
        finally:
            server.kill()


main()
