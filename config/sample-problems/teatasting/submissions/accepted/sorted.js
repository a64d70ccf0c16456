// Equal remainders stand side by side once they are sorted.
const numbers = require("fs").readFileSync(0, "utf8").split(/\s+/).map(Number);
const [n, k] = numbers;
const totals = new Int32Array(n + 1);
for (let i = 0; i < n; i++) totals[i + 1] = (totals[i] + numbers[i + 2]) % k;
totals.sort();
let ranges = 0;
for (let i = 1, same = 0; i <= n; i++) {
  same = totals[i] === totals[i - 1] ? same + 1 : 0;
  ranges += same;
}
console.log(String(ranges));
