// Brings a plug-in for the compiler along: its code would run while this is compiled.
public class Main {
    public static void main(String[] arguments) { System.out.println(Evil.RAN ? "the plug-in ran" : "safe"); }
}
