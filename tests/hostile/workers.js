// Threads until it is refused.
const { Worker } = require("worker_threads");
for (let i = 0; i < 400; i++) new Worker("setInterval(() => {}, 1000)", { eval: true });
