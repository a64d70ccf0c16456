import java.util.*;
import java.util.stream.*;

// Not called Main, so that the class with `main` has to be found.
public class Golden {
    record Numbers(List<Long> values) {
        long sum() {
            return values.stream().mapToLong(Long::longValue).sum();
        }
    }

    public static void main(String[] arguments) {
        Scanner in = new Scanner(System.in);
        int count = in.nextInt();
        System.out.println(new Numbers(Stream.generate(in::nextLong).limit(count).collect(Collectors.toList())).sum());
    }
}
