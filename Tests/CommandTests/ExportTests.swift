import Domain
import FoundationEssentials
import JSON
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("Export and search", .timeLimit(.minutes(5)))
struct ExportTests {
    private static let evil = #"<script>alert(1)</script> & "q" "#

    private static func with(
        requestsPerSecond: Int = 0, _ body: @Sendable @escaping (Desk) async throws -> Void
    ) async throws {
        try await Desk.with { desk in
            let texts: [Inbound] = (1...5).flatMap { number -> [Inbound] in
                let profile = CustomerProfile(name: "Имя <b>\(number)")
                return [
                    .text("\(evil)\u{202E}\(number)", chat: "10\(number)", external: "1", profile: profile),
                    .text("вторая, \"\(number)\"\nстрока", chat: "10\(number)", external: "2"),
                ]
            }
            try await desk.fixture.connector.receive(texts)
            try await desk.fixture.ingestAll()
            try await LoaderServer.with(desk.fixture.store, requestsPerSecond: requestsPerSecond) { loader in
                try await body(try await desk.at(loader: loader.url))
            }
        }
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }

    @Test("jsonl has a chat a line, csv a message a row")
    func data() async throws {
        try await Self.with { desk in
            let path = "\(desk.scratch.path)/all.jsonl"
            let result = try await desk.run("interactions export --from 1h --file \(path)")
            #expect(result.status == 0, "\(result.stderr)")
            #expect(result.stderr.contains("exported 5 chats, 10 messages") && result.stdout.isEmpty)
            let chats = try Self.text(path).split(separator: "\n").map { try JSONValue(parsing: $0) }
            #expect(chats.count == 5)
            #expect(chats.allSatisfy { $0.names == ["interaction", "messages"] && $0["messages"]?.array?.count == 2 })
            #expect(!FileManager.default.fileExists(atPath: path + ".resume"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let again = try await desk.run("interactions export --from 1h --file \(path)")
            #expect(again.status == 7 && again.stderr.contains("--force"))
            let csv = try await desk.run("interactions export --from 1h --format csv")
            #expect(csv.stdout.hasPrefix("interaction,account,channel,customer_id,customer,phone,seq,"))
            #expect(csv.stdout.contains("\"вторая, \"\"3\"\"\nстрока\""))
            #expect(try await desk.run("interactions export").status == 2)
            #expect(try await desk.run("interactions export --from 1h 5").status == 2)
            #expect(try await desk.run("interactions export --from 1h --file /nonexistent/x").status == 1)
            #expect(try await desk.run("interactions export --from 1h", stdout: .closedPipe).status == 141)
        }
    }

    @Test("the page has no script, nothing from elsewhere, and every stranger's text escaped")
    func page() async throws {
        try await Self.with { desk in
            let ids = try await desk.run("interactions list --from 1h -q").stdout.split(separator: "\n")
            let path = "\(desk.scratch.path)/one.html"
            let result = try await desk.run("interactions export \(ids[0]) --file \(path)")
            #expect(result.status == 0, "\(result.stderr)")
            let page = try Self.text(path)
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
            #expect(!page.contains("<script") && !page.contains("<b>"))
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot; \u{FFFD}"))
            #expect(page.contains("<bdi>Имя &lt;b&gt;"))
            #expect(page.split(separator: "<article").count == 3)
            #expect(try await desk.run("interactions export 999999 --file \(path)2").status == 3)
            #expect(!FileManager.default.fileExists(atPath: path + "2"))
        }
    }

    @Test("kinds in the page: files are linked, buttons shown, states told")
    func pieces() throws {
        let export = HTMLExport(files: "https://h/x/")
        let chat = try JSONValue(parsing: #"{"id":"1","account":"a b","customer":{"external_id":"5","name":"<i>"}}"#)
        let file = try JSONValue(
            parsing:
                #"{"direction":"out","agent":"anna","at":"t","kind":"image","state":"failed","reason":{"code":"x","text":"too <big>"},"image":{"file":"7","name":"\" onclick=\"x","caption":"see"},"keyboard":{"type":"inline","rows":[[{"text":"<Да>"}]]}}"#
        )
        let html = export.message(file, of: chat, isFirst: true)
        #expect(html.contains(#"href="https://h/x/files/a%20b/7""#))
        #expect(
            html.contains("&quot; onclick=&quot;x") && html.contains("too &lt;big&gt;") && html.contains("&lt;Да&gt;"))
        let place = try JSONValue(
            parsing: #"{"direction":"in","at":"t","kind":"location","location":{"latitude":1,"longitude":2}}"#)
        #expect(export.message(place, of: chat, isFirst: true).contains("[location: 1 2]"))
        #expect(HTMLExport.escaped("\u{0}\u{1B}a\n") == "\u{FFFD}\u{FFFD}a\n")
    }

    @Test("what was interrupted goes on where it stood, and comes to the same")
    func resumes() async throws {
        try await Self.with { desk in
            let whole = "\(desk.scratch.path)/whole.html"
            let cut = "\(desk.scratch.path)/cut.html"
            #expect(try await desk.run("interactions export --from 1h --file \(whole)").status == 0)
            #expect(try await desk.run("interactions export --from 1h --file \(cut)").status == 0)
            // As a crash leaves it after two chats: whole chats, and a piece of the third.
            let text = try Self.text(cut)
            let second = try #require(text.ranges(of: "</section>\n").dropFirst().first)
            let kept = String(text[..<second.upperBound])
            try Data((kept + "<section id=\"half").utf8).write(to: URL(filePath: cut))
            var progress = ExportProgress(
                form: .html, query: ChatQuery(from: Timestamp.now.adding(.seconds(-3600)), to: .now),
                words: ["--from", "1h", "--format", "html", "--file", cut])
            progress.done = 2
            progress.chats = 2
            progress.messages = 4
            progress.bytes = kept.utf8.count
            try progress.write(of: cut)
            #expect(ExportProgress.read(of: cut)?.bytes == progress.bytes)
            let other = try await desk.run("interactions export --from 2h --file \(cut)")
            #expect(other.status == 7 && other.stderr.contains("--from 1h"))
            let result = try await desk.run("interactions export --from 1h --file \(cut)")
            #expect(result.status == 0 && result.stderr.contains("going on after 2 chats"), "\(result.stderr)")
            #expect(try Self.text(cut) == (try Self.text(whole)))
            #expect(!FileManager.default.fileExists(atPath: ExportProgress.path(of: cut)))
        }
    }

    @Test("a limit by the second is waited out")
    func limits() async throws {
        try await Self.with(requestsPerSecond: 3) { desk in
            let result = try await desk.run("interactions export --from 1h --format csv")
            #expect(result.status == 0, "\(result.stderr)")
            #expect(result.stdout.split(separator: "\n").count >= 11)
        }
    }

    @Test("chats are found by their customer, messages by what they say")
    func search() async throws {
        try await Self.with { desk in
            #expect(try await desk.json("interactions search 103").array?.count == 1)
            #expect(try await desk.run("interactions search nobody -q").stdout.isEmpty)
            let found = try await desk.run("interactions search --messages ВТОРАЯ -o jsonl")
            #expect(found.status == 0)
            #expect(found.stdout.split(separator: "\n").count == 5)
            let table = try await desk.run("interactions search --messages script")
            #expect(table.stdout.contains("\\u{202E}") && !table.stdout.contains("\u{202E}"))
        }
    }
}
