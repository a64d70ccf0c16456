// Reserves gigabytes of addresses as every use of WebAssembly does; that alone harms nobody.
const kept = [];
for (let i = 0; i < 3; i++) {
    try { kept.push(new WebAssembly.Memory({ initial: 1, maximum: 65536 })); } catch { }
}
for (const memory of kept) memory.grow(100);
console.log("safe");
