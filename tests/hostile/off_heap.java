// Memory that is not on the heap.
import java.nio.ByteBuffer;
import java.util.ArrayList;
public class Main {
    public static void main(String[] arguments) {
        var kept = new ArrayList<ByteBuffer>();
        for (;;) {
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
            for (int at = 0; at < piece.capacity(); at += 4096) piece.put(at, (byte) 1);
            kept.add(piece);
        }
    }
}
