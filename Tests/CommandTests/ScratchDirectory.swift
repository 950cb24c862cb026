import FoundationEssentials
import Glibc

/// A directory of one test, gone after it.
struct ScratchDirectory {
    let path: String

    static func with<R>(_ body: (ScratchDirectory) async throws -> R) async throws -> R {
        let path = FileManager.default.temporaryDirectory.path + "/eralink-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(ScratchDirectory(path: path))
    }

    func file(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let directory = file.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}
