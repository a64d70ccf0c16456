// Writes where there is nothing, from a language without pointers.
import java.lang.reflect.Field;
public class Main {
    public static void main(String[] arguments) throws Exception {
        Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((sun.misc.Unsafe) field.get(null)).putLong(8L, 1L);
        System.out.println("safe");
    }
}
