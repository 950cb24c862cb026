import Domain
import FoundationEssentials
import Glibc
import Testing

@testable import Commands

@Suite("The key file")
struct KeyTests {
    @Test("a key is 32 fresh bytes in a file for its owner alone, whatever the umask")
    func create() async throws {
        try await ScratchDirectory.with { scratch in
            let first = try await BuiltCommand.run(["key", "create", "\(scratch.path)/a"])
            #expect(first.status == 0)
            #expect(first.stdout == "file  \(scratch.path)/a\n")
            _ = try await BuiltCommand.run(["key", "create", "\(scratch.path)/b", "-o", "json"])
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/a")
            #expect(attributes[.posixPermissions].map { "\($0)" } == "\(0o600)")
            let (a, b) = (try SecretKeyFile.read("\(scratch.path)/a"), try SecretKeyFile.read("\(scratch.path)/b"))
            #expect(a.count == 32 && a != b)
        }
    }

    @Test("a file that exists is left as it is: conflict")
    func refuses() async throws {
        try await ScratchDirectory.with { scratch in
            let file = try scratch.file("key", "precious")
            let result = try await BuiltCommand.run(["key", "create", file])
            #expect(result.status == 7)
            #expect(result.stderr == "eralink: \(file) exists already and is left as it is; name another file\n")
            #expect(FileManager.default.contents(atPath: file) == Data("precious".utf8))
        }
    }

    @Test(
        "a wrong key file is told with the remedy and status 1",
        arguments: [
            ("", mode_t(0o600), "does not hold a key of 32 bytes in base64"),
            ("c2hvcnQ=\n", 0o600, "does not hold a key of 32 bytes in base64"),
            ("not base64 at all\n", 0o600, "does not hold a key of 32 bytes in base64"),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0o640, "others may read the key file"),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0o604, "others may read the key file"),
        ])
    func wrong(text: String, mode: mode_t, message: String) async throws {
        try await ScratchDirectory.with { scratch in
            let file = try scratch.file("key", text)
            chmod(file, mode)
            let error = #expect(throws: EralinkError.self) { try SecretKeyFile.read(file) }
            #expect(error?.message.contains(message) == true)
            #expect(error?.message.contains("; ") == true)
            #expect(error?.code.exit == 1)
        }
    }

    @Test("a key that is missing, a directory, or not set at all")
    func missing() async throws {
        try await ScratchDirectory.with { scratch in
            for path in ["\(scratch.path)/none", scratch.path] {
                let error = #expect(throws: EralinkError.self) { try SecretKeyFile.read(path) }
                #expect(error?.code.exit == 1)
            }
            let unset = #expect(throws: EralinkError.self) {
                try SecretKeyFile.read(from: Settings(), environment: [:])
            }
            #expect(unset?.message.contains("eralink key create FILE") == true)
        }
    }
}
