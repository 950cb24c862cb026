import Glibc

/// Feeds one of the readers of foreign bytes with what libFuzzer thinks of, whose program it is: it calls the two functions below.
///
///     eralink-fuzz READER seeds TESTS DIRECTORY      writes what the tests read, to begin with
///     eralink-fuzz READER [libFuzzer's options] [DIRECTORY …]
///
/// A reader fails by a trap, by memory without bound, by taking too long, or by a broken promise (`demand`); to refuse what it is
/// given is its right. `scripts/fuzz` builds and runs it.
enum EralinkFuzz {
    /// Set once, before the first input, and only read from then on, on libFuzzer's one thread.
    nonisolated(unsafe) fileprivate static var read: @Sendable ([UInt8]) -> Void = { _ in }

    /// What is left of the arguments for libFuzzer.
    fileprivate static func begin(_ arguments: [String]) -> [String] {
        guard arguments.count > 1, let reader = Reader.all.first(where: { $0.name == arguments[1] }) else {
            fail("name a reader: \(Reader.all.map(\.name).joined(separator: " "))", status: 2)
        }
        if arguments.count == 5, arguments[2] == "seeds" {
            do { try Seeds.write(reader, tests: arguments[3], to: arguments[4]) } catch { fail("\(error)", status: 1) }
            exit(0)
        }
        read = reader.read
        return [arguments[0]] + arguments[2...]
    }

    private static func fail(_ message: String, status: CInt) -> Never {
        complain(message)
        exit(status)
    }
}

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_cdecl("LLVMFuzzerInitialize")
func initialize(_ count: UnsafeMutablePointer<CInt>, _ texts: UnsafeMutablePointer<Arguments>) -> CInt {
    let rest = EralinkFuzz.begin(CommandLine.arguments)
    for (index, text) in rest.enumerated() { texts.pointee[index] = strdup(text) }
    texts.pointee[rest.count] = nil
    count.pointee = CInt(rest.count)
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    EralinkFuzz.read(Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
}
