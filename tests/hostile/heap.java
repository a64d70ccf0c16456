// Memory on the heap, kept in spite of what the runtime says.
import java.util.ArrayList;
public class Main {
    public static void main(String[] arguments) {
        var kept = new ArrayList<byte[]>();
        int refused = 0;
        while (refused < 3) try { for (;;) kept.add(new byte[1 << 20]); } catch (OutOfMemoryError error) { refused++; if (refused == 3) throw error; }
    }
}
