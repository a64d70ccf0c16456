"""Starts a server, fuzzes it without and with credentials, and stops it. Started by `run`, inside its virtual environment."""

import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "config" / "scripts"))
from server import Failed, Server  # noqa: E402

WORK = ROOT / ".local" / "schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "25")
SEED = os.environ.get("SCHEMATHESIS_SEED", "20261120")
# These end the caller's own session, so they come last, with a session of their own.
LOGOUT = "/auth/logout"
# One pass; a hang is a failure, not a reason to wait for CI's own limit.
PASS_SECONDS = 300


def fuzz(server, name, *options, token=None):
    """One pass of schemathesis; whether it found nothing."""
    command = [
        str(pathlib.Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{server.base}/openapi.json",
        "--origin", server.base,
        "--phases", "examples,coverage,fuzzing",
        "--checks", ",".join(CHECKS),
        "--max-examples", EXAMPLES,
        "--seed", SEED,
        "--generation-database", "none",
        "--generation-allow-x00", "true",
        "--suppress-health-check", "all",
        "--request-timeout", "45",
        "--continue-on-failure",
        "--workers", "2",
        "--warnings", "off",
        "--no-color",
        "--report", "junit",
        "--report-junit-path", str(WORK / f"{name}.xml"),
        *options,
    ]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    print(f"--- fuzzing: {name}", flush=True)
    begin = time.monotonic()
    try:
        code = subprocess.run(command, cwd=WORK, timeout=PASS_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"the pass did not end within {PASS_SECONDS} s")
        code = 1
    print(f"--- fuzzing: {name}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - begin:.0f} s", flush=True)
    return code == 0


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    log = WORK / "server.log"
    log.unlink(missing_ok=True)
    server = Server(sys.argv[1], log, {"CODESM_LOG_LEVEL": "warn"})
    try:
        server.start()
        server.first_problem()
        email = server.create_admin("fuzzer")
        # Both before the fuzzing, which learns the address from answers and locks it by failing to log in.
        for_admin, for_logout = server.login(email), server.login(email)
        passes = [
            fuzz(server, "anonymous"),
            fuzz(server, "admin", "--exclude-path-regex", LOGOUT, token=for_admin),
            fuzz(server, "logout", "--include-path-regex", LOGOUT, "--max-examples", "5", token=for_logout),
        ]
        server.stop()
        if "panicked at" in log.read_text(errors="replace"):
            raise Failed(f"something panicked, see {log}")
    finally:
        server.discard()
    print(f"{sum(passes)} passed, {len(passes) - sum(passes)} failed")
    return 0 if all(passes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
