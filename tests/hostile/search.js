// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
const fs = require("fs");
const word = new RegExp(["can", "ary:[a-z-]+:[0-9a-f]{16}"].join(""), "g");
const given = fs.readFileSync(0, "latin1").split("\n")[0].trim();
const found = new Set();
const look = (where, text) => { for (const [match] of String(text).matchAll(word)) if (match !== given) found.add(`${where}: ${match}`); };
const attempt = (action) => { try { action(); } catch { } };
const walk = (folder) => {
    let entries = [];
    attempt(() => { entries = fs.readdirSync(folder, { withFileTypes: true }); });
    for (const entry of entries) {
        const path = folder + (folder.endsWith("/") ? "" : "/") + entry.name;
        look("a name", path);
        if (entry.isSymbolicLink()) attempt(() => look(path, fs.readlinkSync(path)));
        else if (entry.isDirectory()) { if (!["/usr", "/proc", "/dev", "/root", "/opt", "/home", "/var/lib"].includes(path)) walk(path); }
        else if (entry.isFile()) attempt(() => look(path, fs.readFileSync(path, "latin1")));
    }
};
walk("/");
walk("/dev/shm");
for (let above = process.cwd(); above !== "/"; above = require("path").dirname(above)) walk(above);
for (const pid of ["self", "1", "2"]) for (const name of ["environ", "cmdline", "mountinfo", "mountstats", "maps", "status", "net/unix"])
    attempt(() => look(name, fs.readFileSync(`/proc/${pid}/${name}`, "latin1")));
attempt(() => { for (const name of fs.readdirSync("/proc/self/fd")) look(name, fs.readlinkSync("/proc/self/fd/" + name)); });
look("environment", JSON.stringify(process.env));
look("arguments", JSON.stringify([process.argv, process.execArgv, process.report.getReport()]));
look("fresh memory", Buffer.allocUnsafeSlow(16 << 20).toString("latin1"));
console.log([...found].join("\n") || "safe");
