const [, ...changes] = require("fs").readFileSync(0, "utf8").trim().split(/\s+/);
let total = 0n;
for (const d of changes) {
  total += BigInt(d) * BigInt(d);
}
console.log(total.toString());
