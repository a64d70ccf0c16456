// Ten thousand threads.
public class Main {
    public static void main(String[] arguments) throws Exception {
        try {
            for (int i = 0; i < 10000; i++) {
                Thread thread = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException error) { } });
                thread.setDaemon(true);
                thread.start();
            }
        } catch (OutOfMemoryError refused) {
            // Where nobody but a watcher sees that there are too many, he must have time to look.
            Thread.sleep(300);
            throw refused;
        }
        System.out.println("safe");
    }
}
