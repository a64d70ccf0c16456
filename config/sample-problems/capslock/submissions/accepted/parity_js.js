const keys = require("fs").readFileSync(0, "latin1").split("\n")[1].trim();
const flip = (c) => String.fromCharCode(c.charCodeAt(0) ^ 32);
const paper = [];
let flipped = false;
for (const key of keys) {
  if (key === "~") {
    flipped = !flipped;
  } else if (key === "<") {
    paper.pop();
  } else {
    paper.push(flipped ? flip(key) : key);
  }
}
console.log((flipped ? paper.map(flip) : paper).join("") || "-");
