using System;
using System.Linq;
using System.Numerics;

class Golden {
    static void Main() {
        int count = int.Parse(Console.ReadLine());
        var values = Console.ReadLine().Split(' ').Take(count).Select(BigInteger.Parse);
        Console.WriteLine(values.Aggregate(BigInteger.Zero, (sum, value) => sum + value));
    }
}
