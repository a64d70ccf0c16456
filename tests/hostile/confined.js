// Tries to leave from a runtime that brings its own network and processes. Prints `safe` if nothing works.
const fs = require("fs"), net = require("net"), dgram = require("dgram"), os = require("os"), child = require("child_process");
const found = [];
const mustFail = (what, action) => { try { action(); found.push(what); } catch { } };
for (const path of ["/etc/shadow", "/proc/1/environ", "/proc/1/mem", "/.host/etc/passwd", "/sys/kernel/notes"]) mustFail(path, () => fs.readFileSync(path));
for (const path of ["/usr/x", "/program/x", "/x"]) mustFail(path, () => fs.writeFileSync(path, "x"));
mustFail("priority", () => os.setPriority(0, -20));
mustFail("kill", () => process.kill(1, "SIGKILL"));
mustFail("setuid", () => process.setuid(0));
const shell = child.spawnSync("/bin/sh", ["-c", "echo $PPID; cat /etc/shadow; kill -9 1; echo > /dev/tcp/127.0.0.1/80"]);
if (/root:/.test(shell.stdout)) found.push("shadow");
let waiting = 3;
const done = () => { if (--waiting === 0) { console.log(found.join("\n") || "safe"); process.exit(0); } };
net.connect(80, "169.254.169.254").on("connect", () => { found.push("connected"); done(); }).on("error", done);
net.createServer().on("error", done).listen(8080, "127.0.0.1", () => { found.push("listening"); done(); });
try { dgram.createSocket("udp4").on("error", done).bind(53, () => { found.push("bound"); done(); }); } catch { done(); }
