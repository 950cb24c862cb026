import Domain
import Glibc

/// The file that an export is written to, or standard output.
final class ExportFile {
    private let stream: OutputStream
    private let descriptor: Int32
    private let isOurs: Bool
    /// Bytes that were written to it, also by the run before.
    private(set) var bytes: Int

    /// Standard output: nothing to go on from.
    init(_ output: Output) {
        stream = output.standardOutput
        descriptor = STDOUT_FILENO
        isOurs = false
        bytes = 0
    }

    /// Opens the file, cut to what holds whole chats. Readable by its owner alone: it holds what customers wrote.
    init(path: String, keeping bytes: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(bytes)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(bytes)
        else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { Glibc.close(descriptor) }
            throw EralinkError(.internal, "cannot write \(path): \(reason)", retryable: false)
        }
        self.descriptor = descriptor
        self.bytes = bytes
        isOurs = true
        stream = OutputStream(descriptor: descriptor, capacity: 262_144)
    }

    deinit { if isOurs { Glibc.close(descriptor) } }

    func write(_ text: String) throws {
        try stream.write(text)
        bytes += text.utf8.count
    }

    /// On the disk when this returns, so that the progress beside it never says more than is there.
    func flush() throws {
        try stream.flush()
        if isOurs { fdatasync(descriptor) }
    }
}
