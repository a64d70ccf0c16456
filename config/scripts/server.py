"""Starts CodeSM on a throw-away data folder and a free port, for the fuzzer and the benchmarks. Standard library only."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
# High enough that no run of ours meets a limit; what is measured and fuzzed lies behind the limiter.
UNLIMITED = "100000000"
LIMITS = ("SUBMISSIONS_PER_MINUTE", "REQUESTS_PER_MINUTE", "ANONYMOUS_PER_MINUTE", "LOGIN_PER_MINUTE")
PASSWORD = "correct horse battery staple 7"


class Failed(Exception):
    """Something that should work did not; the message says what and where to look."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(base, method, path, body=None, token=None, timeout=60, expect=None):
    """One API call; the status, the parsed body (or None)."""
    headers = {"Accept": "application/json"}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(base + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    parsed = None
    with contextlib.suppress(ValueError):
        parsed = json.loads(text) if text else None
    if expect is not None and status not in expect:
        raise Failed(f"{method} {path} answered {status}: {text[:2000].decode(errors='replace')}")
    return status, parsed


class Server:
    """A running CodeSM. `data` is kept between starts of the same object."""

    def __init__(self, binary, log, environment=None):
        self.binary = str(binary)
        self.log = pathlib.Path(log)
        self.folder = tempfile.mkdtemp(prefix="codesm-")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = None
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("CODESM_")}
        self.environment = {
            **inherited,
            "CODESM_DATA_DIR": os.path.join(self.folder, "data"),
            "CODESM_HTTP_BIND": f"127.0.0.1:{self.port}",
            "CODESM_SAMPLES_DIR": str(ROOT / "config" / "sample-problems"),
            "CODESM_LOG_FORMAT": "json",
            **{f"CODESM_LIMITS_{key}": UNLIMITED for key in LIMITS},
            **(environment or {}),
        }

    def start(self, timeout=60):
        """Starts the process; seconds from exec to ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                [self.binary], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, cwd=ROOT
            )
        while time.monotonic() - begin < timeout:
            if self.process.poll() is not None:
                raise Failed(f"the server ended with {self.process.returncode} before it was ready, see {self.log}")
            if self.ready():
                return time.monotonic() - begin
            time.sleep(0.005)
        raise Failed(f"the server was not ready within {timeout} s, see {self.log}")

    def ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self):
        """Asks it to end, as an operator would; fails if it does not within 20 s or with another code than 0."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is not None:
            raise Failed(f"the server ended by itself with {process.returncode}, see {self.log}")
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"the server did not end within 25 s of SIGTERM, see {self.log}") from None
        if code != 0:
            raise Failed(f"the server ended with {code} after SIGTERM, see {self.log}")

    def discard(self):
        """Kills it if it still runs, and removes its data."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_admin(self, username):
        """A platform admin, made by the command line as an operator would; the e-mail."""
        email = f"{username}@example.org"
        done = subprocess.run(
            [self.binary, "admin", "create", "--email", email, "--username", username, "--role", "admin"],
            input=PASSWORD + "\n",
            text=True,
            capture_output=True,
            env=self.environment,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"codesm admin create ended with {done.returncode}: {done.stderr.strip()}")
        return email

    def login(self, email):
        """An access token."""
        _, body = call(self.base, "POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD}, expect={200})
        return body["data"]["accessToken"]

    def first_problem(self):
        """The slug of a published problem; the first start is still importing the samples when it is ready."""
        for _ in range(600):
            _, body = call(self.base, "GET", "/api/v1/problems?limit=1", expect={200})
            if body["data"]:
                return body["data"][0]["slug"]
            time.sleep(0.1)
        raise Failed("no problem is published: were the sample problems imported?")
