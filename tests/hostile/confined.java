// Tries to leave from a runtime that brings its own network, processes and pointers. Prints `safe` if nothing works.
import java.io.*;
import java.net.*;
import java.nio.file.*;
public class Main {
    interface Attempt { void run() throws Throwable; }
    static StringBuilder found = new StringBuilder();
    static void mustFail(String what, Attempt attempt) {
        try { attempt.run(); found.append(what).append('\n'); } catch (Throwable refused) { }
    }
    public static void main(String[] arguments) throws Throwable {
        for (String path : new String[] {"/etc/shadow", "/proc/1/environ", "/proc/1/maps", "/.host/etc/passwd"})
            mustFail(path, () -> Files.readAllBytes(Path.of(path)));
        for (String path : new String[] {"/usr/x", "/program/x", "/x"}) mustFail(path, () -> Files.writeString(Path.of(path), "x"));
        mustFail("connect", () -> new Socket("169.254.169.254", 80));
        mustFail("listen", () -> new ServerSocket(8080));
        mustFail("datagram", () -> new DatagramSocket(53));
        mustFail("name", () -> { if (InetAddress.getAllByName("example.org").length == 0) throw new IOException(); });
        Process shell = new ProcessBuilder("/bin/sh", "-c", "cat /etc/shadow; kill -9 1; true").start();
        if (new String(shell.getInputStream().readAllBytes()).contains("root:")) found.append("shadow");
        System.out.println(found.length() == 0 ? "safe" : found);
    }
}
