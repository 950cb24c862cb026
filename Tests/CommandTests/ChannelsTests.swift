import AgentProtocol
import Domain
import FoundationEssentials
import JSON
import Testing

@testable import Commands

@Suite("The matrix of channels")
struct ChannelsTests {
    /// The seed's matrix with what today's messengers offer beyond it: telegram, whatsapp, viber, vk, ok.
    static let expected: [(function: String, marks: [String])] = [
        ("chat with text", ["Y", "Y", "Y", "Y", "Y"]),
        ("get and see the customer's phone", ["Y", "Y", "Y", "–", "–"]),
        ("extra keyboards", ["Y", "–+", "Y", "Y", "–+"]),
        ("buttons inside the feed", ["Y", "–+", "–+", "–+", "–+"]),
        ("edit / delete own messages", ["P", "–", "–", "P", "–"]),
        ("edit / delete the other side's messages", ["–", "–", "–", "–", "–"]),
        ("agent starts the interaction", ["Y", "Y", "Y", "Y", "Y"]),
        ("notice: accepted by the network", ["P", "P", "P", "P", "P"]),
        ("notice: delivered to the customer", ["–", "–+", "P", "–", "–"]),
        ("notice: customer has read it", ["–", "–+", "P", "–+", "–"]),
        ("customer's avatar", ["P", "P", "P", "Y", "–+"]),
        ("agent's avatar", ["–", "–", "Y", "–", "–"]),
        ("bot constructor", ["P", "P", "P", "P", "P"]),
        ("emoji both ways", ["Y", "Y", "Y", "Y", "Y"]),
        ("images: receive", ["Y", "Y", "Y", "Y", "Y"]), ("images: send", ["Y", "Y", "Y", "Y", "Y"]),
        ("video: receive", ["Y", "Y", "Y", "Y", "Y"]), ("video: send", ["P", "P", "P", "P", "P"]),
        ("stickers: receive", ["Y", "Y", "Y", "Y", "–+"]), ("stickers: send", ["P", "P", "P", "P", "–"]),
        ("documents: receive", ["Y", "Y", "Y", "Y", "–+"]), ("documents: send", ["Y", "Y", "Y", "Y", "–+"]),
        ("audio: receive", ["Y", "–+", "–", "–+", "–+"]), ("audio: send", ["Y", "–+", "–", "–+", "–+"]),
        ("voice messages: receive", ["Y", "–+", "–", "Y", "–"]), ("voice messages: send", ["P", "–", "–", "P", "–"]),
        ("contact: receive", ["Y", "–+", "Y", "–", "–+"]), ("contact: send", ["Y", "–+", "Y", "–", "–"]),
        ("location: receive", ["Y", "–+", "Y", "P", "–+"]), ("location: send", ["Y", "–+", "Y", "P", "–"]),
        ("forwarded messages: see", ["Y", "P", "–", "Y", "–"]),
        ("forwarded messages: forward", ["P", "P", "–", "P", "–"]),
    ]

    /// What WhatsApp has through one of its two providers only.
    static let byOneProvider: [String: AccountKind] = [
        "extra keyboards": .whatsappInfobip, "buttons inside the feed": .whatsappInfobip,
        "customer's avatar": .whatsappMfms, "voice messages: receive": .whatsappInfobip,
        "contact: receive": .whatsappInfobip, "contact: send": .whatsappInfobip,
        "forwarded messages: see": .whatsappInfobip,
    ]

    @Test("every cell is what the seed promises and the messengers offer")
    func matrix() {
        let rows = ChannelRow.all { Channels.table($0) }
        #expect(rows.map(\.function) == Self.expected.map(\.function))
        for (row, expected) in zip(rows, Self.expected) {
            let channels: [AccountKind] = [.telegram, .viber, .vk, .ok]
            let marks = [expected.marks[0], expected.marks[2], expected.marks[3], expected.marks[4]]
            #expect(channels.map { row.marks[$0]?.rawValue } == marks, "\(row.function)")
            let only = Self.byOneProvider[row.function]
            for kind in [AccountKind.whatsappInfobip, .whatsappMfms] {
                let mark = only.map { $0 == kind ? expected.marks[1] : "–" } ?? expected.marks[1]
                #expect(row.marks[kind]?.rawValue == mark, "\(row.function), \(kind)")
            }
        }
    }

    @Test("the limits are the seed's, or the stricter ones of the messengers")
    func limits() {
        func table(_ kind: AccountKind) -> Capabilities { Channels.table(kind) }
        #expect(table(.telegram).textMax == 4000 && table(.vk).textMax == 4000 && table(.viber).textMax <= 8000)
        #expect(table(.telegram).rate == 30 && table(.vk).rate == 3)
        let megabyte: Int64 = 1 << 20
        #expect(table(.telegram).kinds[.image]?.maxBytes == 10 * megabyte)
        #expect(table(.telegram).kinds[.video]?.maxBytes == 50 * megabyte)
        #expect(table(.telegram).kinds[.document]?.maxBytes == 50 * megabyte)
        #expect(table(.vk).kinds[.image]?.maxBytes == 50 * megabyte)
        #expect(table(.vk).kinds[.video]?.maxBytes == 200 * megabyte)
        #expect(table(.viber).kinds[.image]?.maxBytes == megabyte)
        #expect((table(.viber).kinds[.video]?.maxBytes ?? .max) <= 50 * megabyte)
        #expect(table(.viber).kinds[.document]?.maxBytes == 50 * megabyte)
    }

    @Test("what a channel lacks has a form in fallback mode, whatever the channel", arguments: AccountKind.allCases)
    func fallback(kind: AccountKind) throws {
        let channel = Channels.table(kind)
        var media = MediaContent(file: FileID(1))
        media.size = 1000
        media.caption = "caption"
        let keyboard = Keyboard(
            style: .inline,
            rows: [[.init(text: "Yes", kind: .callback, data: "y"), .init(text: "No", kind: .callback, data: "n")]])
        let contents =
            MediaKind.allCases.map { Content.media($0, media) } + [
                .location(.init(latitude: 1, longitude: 2)), .contact(.init(name: "A", phone: "+79161234567")),
                .text(TextContent(text: String(repeating: "слово ", count: 4000))),
            ]
        for content in contents {
            let parts = try Adapter(channel, .fallback).parts(of: content, keyboard, answered: "before")
            #expect(!parts.isEmpty)
            for part in parts { #expect(throws: Never.self) { try channel.check(part.content) } }
        }
    }

    @Test("the matrix is printed as a table, as JSON and as CSV, without anything set up")
    func printed() async throws {
        let json = try await BuiltCommand.run(["channels", "-o", "json"])
        let rows = try #require(try JSONValue(parsing: Array(json.stdout.utf8)).array)
        #expect(rows.count == ChannelFunction.all.count && rows[0]["telegram"]?.string == "Y")
        let csv = try await BuiltCommand.run(["channels", "-o", "csv"])
        #expect(csv.stdout.hasPrefix("function,telegram,viber,vk,ok,whatsapp-infobip,whatsapp-mfms"))
        #expect(try await BuiltCommand.run(["channels"]).stdout.contains("chat with text"))
    }
}
