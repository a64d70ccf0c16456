"""The page about queues, in a real browser. Started by `run`, inside its virtual environment."""

import os
import pathlib
import shutil
import sqlite3
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "config" / "scripts"))
from server import PASSWORD, Failed, Server, call  # noqa: E402

WORK = ROOT / ".local" / "pages"


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--window-size=1200,900", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    # Chromium refuses its own sandbox to root; nothing but our own page is opened.
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


class Page:
    """What a person sees and presses."""

    def __init__(self, driver):
        self.driver = driver

    def until(self, what, holds):
        """Waits until it holds; fails with what was waited for."""
        try:
            return WebDriverWait(self.driver, 20).until(lambda _: holds())
        except Exception as error:
            self.driver.save_screenshot(str(WORK / "failed.png"))
            raise Failed(f"never: {what}; see {WORK / 'failed.png'}") from error

    def fill(self, name, text):
        field = self.driver.find_element(By.ID, name)
        field.clear()
        field.send_keys(text)

    def log_in(self, email, password):
        self.fill("email", email)
        self.fill("password", password)
        self.driver.find_element(By.CSS_SELECTOR, "#login button").click()

    def cells(self, queue):
        """The texts of a queue's row: name, waiting, running, given up, …"""
        script = "return [...document.querySelectorAll(`#queues tr[data-queue=${arguments[0]}] :is(th, td)`)].map(it => it.innerText)"
        return self.driver.execute_script(script, queue)

    def press(self, label):
        selector = f"button[aria-label={label!r}]"
        # The table is drawn anew every two seconds: found and pressed in one go.
        self.until(f"a button {label}", lambda: self.driver.execute_script(
            "const it = document.querySelector(arguments[0]); if (it) it.click(); return it !== null", selector))


def uses(server, driver):
    email = server.create_admin("operator")
    token = server.login(email)
    call(server.base, "POST", "/api/v1/admin/queues/run/pause", {}, token, expect={204})
    body = {"language": "python", "source": "print(1)"}
    _, run = call(server.base, "POST", "/api/v1/runs", body, token, expect={201})
    identifier = run["data"]["id"]

    page = Page(driver)
    driver.get(f"{server.base}/admin/queues")
    page.log_in(email, "wrong password")
    page.until("a refusal", lambda: driver.find_element(By.ID, "login-error").text != "")
    page.log_in(email, PASSWORD)
    page.until("one job that waits", lambda: page.cells("run")[1:4] == ["1", "0", "0"])
    if "paused" not in driver.execute_script(
            "return getComputedStyle(document.querySelector('#queues tr[data-queue=run] th'), '::after').content"):
        raise Failed("the paused queue does not look paused")

    # What three failures would do; the page is about showing it.
    with sqlite3.connect(pathlib.Path(server.folder) / "data" / "codesm.sqlite", timeout=20) as database:
        database.execute("UPDATE jobs SET state = 'dead', last_error = 'sandbox.fault: <b>no</b>', finished_at = created_at"
                         " WHERE queue = 'run'")
    page.until("one job that was given up", lambda: page.cells("run")[1:4] == ["0", "0", "1"])
    driver.execute_script("document.getElementById('filter-state').dispatchEvent(new Event('change'))")
    page.until("its error, as text", lambda: "sandbox.fault: <b>no</b>" in driver.find_element(By.ID, "jobs").text)
    driver.save_screenshot(str(WORK / "queues.png"))

    page.press("Retry all of run")
    page.until("it waits again", lambda: page.cells("run")[1:4] == ["1", "0", "0"])
    page.press("Resume run")
    page.until("it is done", lambda: page.cells("run")[1:4] == ["0", "0", "0"])
    _, shown = call(server.base, "GET", f"/api/v1/submissions/{identifier}", token=token, expect={200})
    if shown["data"]["verdict"] != "accepted":
        raise Failed(f"the job that was tried again came to {shown['data']['verdict']}")

    # A narrow screen, as of a telephone: everything stays reachable.
    driver.set_window_size(420, 900)
    driver.save_screenshot(str(WORK / "queues-narrow.png"))
    driver.find_element(By.ID, "logout").click()
    page.until("logged out", lambda: driver.find_element(By.ID, "login").is_displayed())
    faults = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE" and "401" not in entry["message"]]
    if faults:
        raise Failed(f"the browser complains: {faults}")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    server = Server(sys.argv[1], WORK / "server.log")
    driver = None
    try:
        server.start()
        driver = browser()
        uses(server, driver)
        server.stop()
    except Failed as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    finally:
        if driver is not None:
            driver.quit()
        server.discard()
    print("the page about queues works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
