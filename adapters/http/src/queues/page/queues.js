"use strict";

// Tokens live in this page's memory only: closing or reloading it logs out.
let access = null;
let refresh = null;
let timer = null;
let cursor = null;

const at = (id) => document.getElementById(id);

function say(text, isError = false) {
  at("status").textContent = text;
  at("status").classList.toggle("error", isError);
}

async function answer(response) {
  const body = response.status === 204 ? null : await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.detail || body.title || `status ${response.status}`), { status: response.status });
}

async function renew() {
  const response = await fetch("/api/v1/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refreshToken: refresh }),
  });
  const { data } = await answer(response);
  ({ accessToken: access, refreshToken: refresh } = data);
}

async function call(method, path) {
  const send = () => fetch(`/api/v1/admin${path}`, { method, headers: { Authorization: `Bearer ${access}` } });
  let response = await send();
  if (response.status === 401) {
    await renew();
    response = await send();
  }
  return answer(response);
}

function cell(row, text, className) {
  const made = row.insertCell();
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function button(into, text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      const told = await act();
      say(told === null ? `${label}: done` : told);
      await show();
    } catch (error) {
      say(`${label}: ${error.message}`, true);
    } finally {
      made.disabled = false;
    }
  });
  into.append(made);
}

function age(seconds) {
  if (seconds === null) return "–";
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function showQueues(queues) {
  const body = document.createElement("tbody");
  for (const queue of queues) {
    const row = body.insertRow();
    row.dataset.queue = queue.name;
    row.classList.toggle("paused", queue.pausedAt !== null);
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = queue.name;
    row.append(head);
    cell(row, queue.ready);
    cell(row, queue.running);
    cell(row, queue.dead, queue.dead > 0 ? "warn" : "");
    cell(row, age(queue.oldestReadySeconds), queue.oldestReadySeconds > 60 ? "warn" : "");
    cell(row, queue.donePerMinute.toFixed(1));
    cell(row, queue.deadPerMinute.toFixed(1), queue.deadPerMinute > 0 ? "warn" : "");
    const actions = cell(row, "");
    const path = `/queues/${queue.name}`;
    const verb = queue.pausedAt === null ? "Pause" : "Resume";
    button(actions, verb, `${verb} ${queue.name}`, () => call("POST", `${path}/${verb.toLowerCase()}`));
    if (queue.dead > 0) {
      button(actions, "Retry all", `Retry all of ${queue.name}`, async () => {
        const { data } = await call("POST", `${path}/retry`);
        return `${data.jobs} jobs of ${queue.name} are tried again`;
      });
    }
    if (queue.ready > 0) {
      button(actions, "Empty", `Empty ${queue.name}`, async () => {
        if (!window.confirm(`Give up ${queue.ready} waiting jobs of ${queue.name} and cancel their submissions?`)) return "nothing was changed";
        const { data } = await call("POST", `${path}/drain`);
        return `${data.jobs} jobs of ${queue.name} were given up`;
      });
    }
  }
  at("queues").tBodies[0].replaceWith(body);
  const filter = at("filter-queue");
  if (filter.options.length === 1) {
    for (const queue of queues) filter.add(new Option(queue.name, queue.name));
  }
}

function showJobs(jobs, append) {
  const body = append ? at("jobs").tBodies[0] : document.createElement("tbody");
  for (const job of jobs) {
    const row = body.insertRow();
    row.dataset.job = job.id;
    const name = document.createElement("code");
    name.textContent = job.id;
    name.title = job.kind;
    row.insertCell().append(name);
    cell(row, job.queue);
    cell(row, new Date(job.createdAt).toLocaleString());
    cell(row, job.attempt);
    cell(row, job.lastError || "");
    const actions = cell(row, "");
    if (job.state === "dead") button(actions, "Retry", `Retry ${job.id}`, async () => (await call("POST", `/jobs/${job.id}/retry`), null));
    if (job.state === "dead" || job.state === "done") {
      button(actions, "Remove", `Remove ${job.id}`, () => call("DELETE", `/jobs/${job.id}`));
    }
  }
  if (!append) at("jobs").tBodies[0].replaceWith(body);
  at("empty").hidden = body.rows.length > 0;
}

async function jobs(append) {
  const query = new URLSearchParams({ limit: "20", state: at("filter-state").value });
  if (at("filter-queue").value) query.set("queue", at("filter-queue").value);
  if (append && cursor) query.set("cursor", cursor);
  const { data, meta } = await call("GET", `/jobs?${query}`);
  cursor = meta.page.nextCursor;
  at("more").hidden = cursor === null;
  showJobs(data, append);
}

async function show() {
  const { data } = await call("GET", "/queues");
  showQueues(data);
  await jobs(false);
}

// Depths keep themselves up to date; the list of jobs does not move under the reader's eyes.
async function tick() {
  try {
    const { data } = await call("GET", "/queues");
    if (!document.activeElement.closest("#queues")) showQueues(data);
    if (at("status").classList.contains("error")) say("");
  } catch (error) {
    if (error.status === 401) return logOut("The session has ended; log in again.");
    say(`The queues cannot be read: ${error.message}`, true);
  }
  timer = setTimeout(tick, 2000);
}

function logOut(reason) {
  clearTimeout(timer);
  access = refresh = null;
  at("main").hidden = at("logout").hidden = true;
  at("login").hidden = false;
  at("login-error").textContent = reason;
  say("");
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("login-error").textContent = "";
  try {
    const response = await fetch("/api/v1/auth/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: at("email").value, password: at("password").value }),
    });
    const { data } = await answer(response);
    ({ accessToken: access, refreshToken: refresh } = data);
    await show();
    at("password").value = "";
    at("login").hidden = true;
    at("main").hidden = at("logout").hidden = false;
    timer = setTimeout(tick, 2000);
  } catch (error) {
    access = refresh = null;
    at("login-error").textContent = error.message;
  }
});

at("logout").addEventListener("click", () => logOut(""));
at("more").addEventListener("click", () => jobs(true).catch((error) => say(error.message, true)));
for (const id of ["filter-queue", "filter-state"]) {
  at(id).addEventListener("change", () => jobs(false).catch((error) => say(error.message, true)));
}
