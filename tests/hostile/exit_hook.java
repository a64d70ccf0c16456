// Ends, but for a last task that has no end.
public class Main {
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { for (;;) Thread.onSpinWait(); }));
        System.out.println("safe");
        System.exit(0);
    }
}
