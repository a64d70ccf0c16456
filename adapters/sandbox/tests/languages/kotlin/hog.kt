object Program {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val blocks = mutableListOf<ByteArray>()
        while (true) blocks.add(ByteArray(1 shl 20))
    }
}
