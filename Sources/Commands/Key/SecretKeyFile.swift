import Domain
import FoundationEssentials
import Glibc

/// The file of the installation's key: 32 bytes as one line of base64, readable by its owner alone.
package enum SecretKeyFile {
    package static let length = 32

    /// Writes a new key file. Throws `conflict` where something of that name exists already.
    package static func create(at path: String, key: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotCreate(path, errno) }
        let line = Array((Data(key).base64EncodedString() + "\n").utf8)
        // The umask may have taken bits from the owner; half a key is worse than none.
        let isWritten =
            fchmod(descriptor, 0o600) == 0 && write(descriptor, line, line.count) == line.count
            && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        if !isWritten {
            unlink(path)
            throw EralinkError(.internal, "cannot write \(path): \(String(cString: strerror(code)))", retryable: false)
        }
    }

    /// Reads the key. Throws, as what makes a command fail with status 1, which file is wrong and what to do.
    package static func read(_ path: String, environment: [String: String] = [:]) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw cannotRead(path, errno) }
        defer { close(descriptor) }
        guard let permissions = permissions(ofFile: descriptor) else {
            throw wrong("\(path) is not a key file; \(remedy(path))", path)
        }
        // systemd shows its credentials, which nobody else can reach, with the bits of an access list.
        let isCredential = environment["CREDENTIALS_DIRECTORY"].map { path.hasPrefix($0 + "/") } ?? false
        guard permissions & 0o077 == 0 || isCredential else {
            throw wrong("others may read the key file \(path); run \"chmod 600 \(path)\"", path)
        }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        let line = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard let data = Data(base64Encoded: line), data.count == length else {
            throw wrong("\(path) does not hold a key of \(length) bytes in base64; \(remedy(path))", path)
        }
        return Array(data)
    }

    /// The key that `secrets.key_file` names. Throws where it names none.
    package static func read(from settings: Settings, environment: [String: String]) throws -> [UInt8] {
        guard let path = settings.secrets.keyFile else {
            throw wrong(
                "secrets.key_file is not set; make a key with \"eralink key create FILE\" and name the file there", nil)
        }
        return try read(path, environment: environment)
    }

    /// The permission bits of what is open there; nil where it is no regular file.
    ///
    /// Not by stat(2): its struct comes in by several modules, and which of them a build takes for its home varies.
    private static func permissions(ofFile descriptor: Int32) -> Int? {
        guard let resolved = realpath("/proc/self/fd/\(descriptor)", nil) else { return nil }
        defer { free(resolved) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: String(cString: resolved))
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
        // An integer or an NSNumber, by whether something in the program brings all of Foundation along.
        return attributes?[.posixPermissions].flatMap { Int("\($0)") }
    }

    private static func cannotCreate(_ path: String, _ code: Int32) -> EralinkError {
        switch code {
        case EEXIST:
            EralinkError(
                .conflict, "\(path) exists already and is left as it is; name another file", retryable: false,
                details: [.init("file", path)])
        case ENOENT, ENOTDIR:
            EralinkError(.notFound, "there is no directory for \(path); make it first", details: [.init("file", path)])
        default: wrong("cannot create \(path): \(String(cString: strerror(code)))", path)
        }
    }

    private static func cannotRead(_ path: String, _ code: Int32) -> EralinkError {
        code == ENOENT
            ? wrong("the key file \(path) does not exist; \(remedy(path))", path)
            : wrong("cannot read the key file \(path): \(String(cString: strerror(code)))", path)
    }

    private static func remedy(_ path: String) -> String {
        "restore it from your copy, or make a new one with \"eralink key create\" if nothing is encrypted yet"
    }

    private static func wrong(_ message: String, _ path: String?) -> EralinkError {
        EralinkError(.internal, message, retryable: false, details: path.map { [.init("file", $0)] } ?? [])
    }
}
