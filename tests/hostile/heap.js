// Memory on the heap.
const kept = [];
for (;;) kept.push(new Array(10000).fill({}).map((_, i) => ({ i })));
