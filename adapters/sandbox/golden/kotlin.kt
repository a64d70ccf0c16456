package golden

import java.util.StringTokenizer

data class Numbers(val values: List<Long>) {
    fun sum() = values.sum()
}

fun main() {
    val text = System.`in`.bufferedReader().readText()
    val tokens = StringTokenizer(text)
    val count = tokens.nextToken().toInt()
    println(Numbers(List(count) { tokens.nextToken().toLong() }).sum())
}
