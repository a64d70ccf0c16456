public class Main {
    static volatile int x;

    public static void main(String[] arguments) {
        for (;;) x++;
    }
}
