// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.regex.*;
public class Main {
    static final Pattern WORD = Pattern.compile("c" + "anary:[a-z-]+:[0-9a-f]{16}");
    static final Set<String> found = new TreeSet<>();
    static String given;
    static void look(String where, String text) {
        for (Matcher match = WORD.matcher(text); match.find();) if (!match.group().equals(given)) found.add(where + ": " + match.group());
    }
    static void file(Path path) {
        try (InputStream stream = Files.newInputStream(path)) { look(path.toString(), new String(stream.readNBytes(8 << 20), StandardCharsets.ISO_8859_1)); } catch (IOException | RuntimeException refused) { }
    }
    static void walk(Path folder) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path path : entries) {
                look("a name", path.toString());
                if (Files.isSymbolicLink(path)) look(path.toString(), Files.readSymbolicLink(path).toString());
                else if (Files.isDirectory(path)) { if (!List.of("/usr", "/proc", "/root", "/opt", "/home", "/var/lib").contains(path.toString())) walk(path); }
                else if (Files.isRegularFile(path)) file(path);
            }
        } catch (IOException | RuntimeException refused) { }
    }
    public static void main(String[] arguments) throws IOException {
        given = new BufferedReader(new InputStreamReader(System.in)).readLine().trim();
        walk(Path.of("/"));
        for (Path above = Path.of("").toAbsolutePath(); above.getParent() != null; above = above.getParent()) walk(above);
        for (String pid : new String[] {"self", "1", "2"})
            for (String name : new String[] {"environ", "cmdline", "mountinfo", "mountstats", "maps", "status", "net/unix"}) file(Path.of("/proc/" + pid + "/" + name));
        for (File link : Objects.requireNonNullElse(new File("/proc/self/fd").listFiles(), new File[0]))
            try { look("descriptor", Files.readSymbolicLink(link.toPath()).toString()); } catch (IOException refused) { }
        look("environment", System.getenv().toString() + System.getProperties() + Arrays.toString(arguments));
        System.out.println(found.isEmpty() ? "safe" : String.join("\n", found));
    }
}
