// A pattern that never comes to an end.
console.log(/^(a+)+$/.test("a".repeat(60) + "b"));
