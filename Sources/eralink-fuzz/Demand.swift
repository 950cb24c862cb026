import Glibc

/// Ends the process with a sentence where a reader has not kept what it promises: libFuzzer then keeps the input.
func demand(_ isKept: Bool, _ sentence: @autoclosure () -> String) {
    if isKept { return }
    complain(sentence())
    abort()
}

func complain(_ sentence: String) {
    let line = "eralink-fuzz: \(sentence)\n"
    _ = line.utf8CString.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
}
