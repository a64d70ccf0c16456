import * as fs from "fs";

interface Numbers {
    count: number;
    values: bigint[];
}

function read(): Numbers {
    const words: string[] = fs.readFileSync(0, "utf8").trim().split(/\s+/);
    return { count: Number(words[0]), values: words.slice(1).map(BigInt) };
}

const { count, values } = read();
console.log(values.slice(0, count).reduce((sum, value) => sum + value, 0n).toString());
