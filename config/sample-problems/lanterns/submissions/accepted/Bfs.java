import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StreamTokenizer;
import java.util.Arrays;

public class Bfs {
    private static final StreamTokenizer in = new StreamTokenizer(new BufferedReader(new InputStreamReader(System.in)));

    private static int next() throws IOException {
        in.nextToken();
        return (int) in.nval;
    }

    public static void main(String[] args) throws IOException {
        int n = next();
        int m = next();
        int k = next();
        int[] darkness = new int[n + 1];
        int[] queue = new int[n];
        int reached = 0;
        Arrays.fill(darkness, -1);
        for (int i = 0; i < k; i++) {
            int cave = next();
            darkness[cave] = 0;
            queue[reached++] = cave;
        }
        // The tunnels of a cave form a chain: first[cave], then following[tunnel end].
        int[] first = new int[n + 1];
        int[] following = new int[2 * m];
        int[] end = new int[2 * m];
        Arrays.fill(first, -1);
        for (int i = 0; i < 2 * m; i += 2) {
            int a = next();
            int b = next();
            end[i] = b;
            following[i] = first[a];
            first[a] = i;
            end[i + 1] = a;
            following[i + 1] = first[b];
            first[b] = i + 1;
        }
        for (int head = 0; head < reached; head++) {
            int cave = queue[head];
            for (int i = first[cave]; i >= 0; i = following[i]) {
                if (darkness[end[i]] < 0) {
                    darkness[end[i]] = darkness[cave] + 1;
                    queue[reached++] = end[i];
                }
            }
        }
        System.out.println(darkness[queue[reached - 1]] + " " + (n - reached));
    }
}
