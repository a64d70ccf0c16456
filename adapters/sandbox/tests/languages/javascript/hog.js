const blocks = [];
for (;;) blocks.push(new Array(10000).fill(Math.random()));
