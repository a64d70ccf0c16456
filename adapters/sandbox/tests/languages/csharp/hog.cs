using System.Collections.Generic;

class Hog {
    static void Main() {
        var blocks = new List<byte[]>();
        for (;;) {
            var block = new byte[1 << 20];
            for (int i = 0; i < block.Length; i++) block[i] = 1;
            blocks.Add(block);
        }
    }
}
