import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.StringTokenizer;

public class Main {
    public static void main(String[] args) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        reader.readLine();
        StringTokenizer changes = new StringTokenizer(reader.readLine());
        long total = 0;
        while (changes.hasMoreTokens()) {
            long d = Long.parseLong(changes.nextToken());
            total += d * d;
        }
        System.out.println(total);
    }
}
