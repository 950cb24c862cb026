import AgentProtocol
import ChatServer
import Domain
import Glibc
import JSON
import Store
import Synchronization
import TestSupport
import Testing
import Web

@testable import Commands

@Suite("Files and keyboards that go out", .timeLimit(.minutes(5)))
struct FileSendTests {
    /// A file server of the contract's words over the fixture's database.
    private static func route(_ base: StoreFixture, _ seen: Seen) -> WebRoute {
        WebRoute(.post, "/files/{account}", bodyLimit: 64 << 20) { request in
            let name = request.query.first { $0.name == "name" }?.value ?? ""
            seen.add("\(request.parameter("account")) \(name)")
            guard try request.bearerToken()?.hasPrefix("token-of-") == true else {
                throw EralinkError(.unauthorized, "the token is not valid")
            }
            if name == "refused.exe" { throw EralinkError(.unsupported, "files of this kind are not taken") }
            let id = FileID.random()
            try await base.store.beginUpload(id, account: base.account.id, name: name, by: "test")
            let content = FileContent(of: id, store: base.store, limit: 64 << 20)
            for try await chunk in request.body { try await content.append(chunk) }
            let digest = try await content.finish()
            let mime = digest.head.starts(with: [0x89, 0x50, 0x4E, 0x47]) ? "image/png" : "application/pdf"
            try await base.store.finishUpload(id, name: name, mime: mime, digest)
            let file = try await base.store.file(id, account: "support").file
            return .json(Array(JSONText.line(file).utf8), status: 201)
        }
    }

    private final class Seen: Sendable {
        private let all = Mutex<[String]>([])

        var names: [String] { all.withLock(\.self) }

        func add(_ name: String) { all.withLock { $0.append(name) } }
    }

    private static func with(
        _ body: @Sendable @escaping (Desk, ChatServerFixture, Seen) async throws -> Void
    ) async throws {
        try await ChatServerFixture.with(change: { settings in
            var can = Capabilities.texts
            can.kinds[.image] = .init(send: .full, receive: true, captionMax: 1024)
            can.kinds[.document] = .init(send: .full, receive: true, captionMax: 1024)
            settings.capabilities = { [can] _, _ in can }
        }) { chat in
            try await ScratchDirectory.with { scratch in
                let seen = Seen()
                try await WebStandIn.with([route(chat.base, seen)]) { url in
                    var desk = try await Desk(
                        fixture: chat.base, scratch: scratch,
                        environment: ["ERALINK_DATABASE_URL": chat.base.database.url]
                    ).at(chat: chat.nodes[0].url)
                    desk.environment["ERALINK_FILES_URL"] = url
                    try await body(desk, chat, seen)
                }
            }
        }
    }

    private static func sent(_ desk: Desk, _ chat: ChatServerFixture, _ line: String) async throws -> Message {
        let row = try await desk.json(line)
        let interaction = try #require(row["interaction"]?.string.flatMap { InteractionID(text: $0) })
        let page = try await chat.store.messages(of: interaction, .none, limit: 9, for: .supervisor("x"))
        return try #require(page.items.last)
    }

    @Test("a file goes out as what the server found in it, with the text as its caption")
    func kinds() async throws {
        try await Self.with { desk, chat, seen in
            let picture = try desk.scratch.file("фото 1.png", "\u{89}PNG")
            // Not the letter in UTF-8, but the byte.
            let file = fopen(picture, "w")
            fwrite([0x89, 0x50, 0x4E, 0x47, 1, 2] as [UInt8], 1, 6, file)
            fclose(file)
            let image = try await BuiltCommand.run(
                ["send", "--account", "support", "--to", "55", "--file", picture, "Вот", "-o", "json"],
                environment: desk.environment)
            #expect(image.status == 0, "\(image.stderr)")
            let interaction = try #require(
                try JSONValue(parsing: image.stdout)["interaction"]?.string.flatMap { InteractionID(text: $0) })
            let page = try await chat.store.messages(of: interaction, .none, limit: 9, for: .supervisor("x"))
            let message = try JSONValue(parsing: page.items[0].content)
            #expect(page.items[0].kind == .image)
            #expect(message["caption"] == .string("Вот") && message["name"] == .string("фото 1.png"))
            let plan = try desk.scratch.file("plan.pdf", String(repeating: "%PDF-1.4 ", count: 400_000))
            let document = try await Self.sent(desk, chat, "send --account support --to 55 --file \(plan)")
            #expect(document.kind == .document)
            let content = try JSONValue(parsing: document.content)
            #expect(content["caption"] == nil)
            #expect(seen.names == ["support фото 1.png", "support plan.pdf"])
        }
    }

    @Test("what cannot be sent is said: no file, empty, a directory, a refusal, no server")
    func refusals() async throws {
        try await Self.with { desk, _, seen in
            let send = "send --account support --to 55 --file"
            #expect(try await desk.run("\(send) \(desk.scratch.path)/none").status == 2)
            let empty = try desk.scratch.file("empty", "")
            #expect(try await desk.run("\(send) \(empty)").status == 2)
            #expect(try await desk.run("\(send) \(desk.scratch.path)").status == 2)
            #expect(try await desk.run("\(send) /dev/null").status == 2)
            #expect(seen.names.isEmpty, "nothing was asked of the server")
            let refused = try desk.scratch.file("refused.exe", "MZ")
            let result = try await desk.run("\(send) \(refused)")
            #expect(result.status == 8)
            #expect(result.stderr == "eralink: files of this kind are not taken\n")
            var away = desk
            away.environment["ERALINK_FILES_URL"] = "http://127.0.0.1:9"
            let unreachable = try await away.run("\(send) \(refused)")
            #expect(unreachable.status == 6)
            #expect(unreachable.stderr.contains("file server is not running at http://127.0.0.1:9"))
        }
    }

    @Test("a keyboard comes from a file; --adapt is passed on")
    func keyboards() async throws {
        try await Self.with { desk, chat, _ in
            let keyboard = try desk.scratch.file(
                "k.json", #"{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"yes"}]]}"#)
            let message = try await Self.sent(
                desk, chat, "send --account support --to 55 --keyboard \(keyboard) --adapt strict really?")
            #expect(message.keyboard.map { String(decoding: $0, as: UTF8.self) }?.contains("Да") == true)
            let reply = try desk.scratch.file(
                "reply.json", #"{"type":"reply","rows":[[{"text":"Да","kind":"text"}]]}"#)
            let refused = try await desk.run("send --account support --to 55 --keyboard \(reply) really?")
            #expect(refused.status == 8, "the channel has no such keyboards: \(refused.stderr)")
            for text in ["{", "[]", "{}"] {
                let broken = try desk.scratch.file("broken.json", text)
                let result = try await desk.run("send --account support --to 55 --keyboard \(broken) x")
                #expect(result.status == 2, "\(text)")
                #expect(result.stderr.contains("broken.json"))
            }
            #expect(try await desk.run("send --account support --to 55 --adapt maybe x").status == 2)
        }
    }

    @Test("in the console too: /file and /keyboard")
    func console() async throws {
        try await Self.with { desk, chat, _ in
            let plan = try desk.scratch.file("the plan.pdf", "%PDF")
            let keyboard = try desk.scratch.file(
                "k.json", #"{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"yes"}]]}"#)
            let lines = try desk.scratch.file(
                "lines",
                "/file \(plan.replacing(" ", with: "\\ ")) Вот он\n/keyboard \(keyboard) Берёте?\n/file /none\n")
            let result = try await desk.run("chat --account support --to 77", stdin: lines)
            #expect(result.status == 9, "\(result.stderr)")
            let answers = try result.stdout.split(separator: "\n").map { try JSONValue(parsing: $0) }.filter {
                ["result", "error"].contains($0["type"]?.string ?? "")
            }
            #expect(answers.first?["result"]?["document"]?["caption"] == .string("Вот он"), "\(result.stdout)")
            #expect(answers[1]["result"]?["keyboard"]?["type"] == .string("inline"))
            #expect(answers[2]["error"]?["code"] == .string("invalid_params"))
        }
    }

    @Test(
        "the kind is by type and by what the channel sends",
        arguments: [
            ("image/png", 10, "image"), ("image/svg+xml", 10, "document"), ("image/gif", 10, "animation"),
            ("audio/ogg", 10, "voice"), ("audio/mpeg", 10, "audio"), ("video/mp4", 10, "video"),
            ("application/pdf", 10, "document"), ("image/tiff", 10, "document"), ("image/png", 2_000_000, "document"),
        ])
    func choice(mime: String, size: Int, kind: String) throws {
        let kinds = try JSONValue(
            parsing: #"""
                {"image":{"send":"full","mime":["image/png","image/jpeg"],"max_bytes":1000000},"document":{"send":"full","mime":[]},
                "animation":{"send":"full"},"voice":{"send":"full"},"audio":{"send":"full"},"video":{"send":"full"}}
                """#)
        let file = JSONValue.members(["mime": .string(mime), "size": .number(JSONNumber(Int64(size)))])
        #expect(MediaChoice.kind(ofFile: file, kinds: kinds) == kind)
    }
}
