@Volatile
var x = 0

fun main(arguments: Array<String>) {
    while (true) x++
}
