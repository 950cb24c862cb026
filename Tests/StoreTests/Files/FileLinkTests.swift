import Domain
import Testing

@testable import Store

@Suite("Signed links")
struct FileLinkTests {
    private let links = FileLinks(secretsKey: [UInt8](repeating: 7, count: 32))
    private let file = FileID(42)

    private func signature(until expiry: Int64 = 2000) -> String {
        String(links.path(to: file, account: "support", until: expiry).split(separator: "=").last ?? "")
    }

    @Test("a link admits to its own file until it expires, and to nothing else")
    func admits() {
        let signature = signature()
        #expect(links.admits(file, account: "support", expiry: 2000, signature: signature, now: 1999))
        #expect(!links.admits(file, account: "support", expiry: 2000, signature: signature, now: 2000))
        #expect(!links.admits(file, account: "support", expiry: 2001, signature: signature, now: 1))
        #expect(!links.admits(FileID(43), account: "support", expiry: 2000, signature: signature, now: 1))
        #expect(!links.admits(file, account: "sales", expiry: 2000, signature: signature, now: 1))
        let other = FileLinks(secretsKey: [UInt8](repeating: 8, count: 32))
        #expect(!other.admits(file, account: "support", expiry: 2000, signature: signature, now: 1))
    }

    @Test("no part of a signature can be left out, changed or written otherwise")
    func tampered() {
        let signature = signature()
        var wrong = [
            String(signature.dropLast()), signature + "0", "", "zz" + signature.dropFirst(2),
            "+f" + signature.dropFirst(2),
        ]
        for index in signature.indices {
            var changed = signature
            changed.replaceSubrange(index...index, with: signature[index] == "0" ? "1" : "0")
            wrong.append(changed)
        }
        for text in wrong {
            #expect(!links.admits(file, account: "support", expiry: 2000, signature: text, now: 1), "\(text)")
        }
    }

    @Test("messengers get a path that ends in the name, agents one with a query")
    func paths() {
        let named = links.path(to: file, account: "support", named: "отчёт 1.pdf", until: 2000)
        #expect(
            named.hasPrefix("/files/support/42/2000.") && named.hasSuffix("/%D0%BE%D1%82%D1%87%D1%91%D1%82%201.pdf"))
        #expect(links.path(to: file, account: "support", until: 2000).hasPrefix("/files/support/42?exp=2000&sig="))
    }
}
