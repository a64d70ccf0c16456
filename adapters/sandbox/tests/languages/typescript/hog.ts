const blocks: number[][] = [];
for (;;) blocks.push(new Array<number>(10000).fill(Math.random()));
