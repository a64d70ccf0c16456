// Reserves ten gigabytes; that alone harms nobody.
try {
    const kept = [];
    for (let i = 0; i < 3; i++) kept.push(new WebAssembly.Memory({ initial: 1, maximum: 65536 }));
    for (const memory of kept) memory.grow(100);
} catch (error) { }
console.log("safe");
