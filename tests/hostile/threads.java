// Ten thousand threads.
public class Main {
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < 10000; i++) {
            Thread thread = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException error) { } });
            thread.setDaemon(true);
            thread.start();
        }
        System.out.println("safe");
    }
}
