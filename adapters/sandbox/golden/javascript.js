const numbers = require("fs").readFileSync(0, "utf8").trim().split(/\s+/).map(BigInt);
console.log(String(numbers.slice(1).reduce((sum, value) => sum + value, 0n)));
