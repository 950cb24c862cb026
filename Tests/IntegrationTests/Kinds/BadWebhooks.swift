import AgentClient
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Bad input over Viber")
    struct BadWebhooks {
        struct Row: Sendable {
            var label: String
            var body: [UInt8]
            /// Nil: the right one.
            var signature: String?
            var status: Int

            init(_ label: String, _ body: String, signature: String? = nil, _ status: Int) {
                (self.label, self.body, self.signature, self.status) = (label, Array(body.utf8), signature, status)
            }
        }

        private static let message =
            #"{"event":"message","timestamp":1764000011222,"message_token":TOKEN,"sender":SENDER,"message":MESSAGE}"#

        private static func message(
            token: String = "77", sender: String = #"{"id":"x"}"#, _ message: String = #"{"type":"text","text":"a"}"#
        ) -> String {
            Self.message.replacing("TOKEN", with: token).replacing("SENDER", with: sender)
                .replacing("MESSAGE", with: message)
        }

        private static let large = message(#"{"type":"text","text":"\#(String(repeating: "a", count: 10 << 20))"}"#)
        private static let deep = String(repeating: "[", count: 100_000)

        static let rows: [Row] = [
            Row("a wrong signature", message(), signature: String(repeating: "0", count: 64), 401),
            Row("a signature that is none", message(), signature: "sha256=abc", 401),
            Row("an empty signature", message(), signature: "", 401),
            Row("no JSON", "event=message", 400), Row("half a JSON", #"{"event":"message","#, 400),
            Row("an array", "[]", 400), Row("nothing", "", 400), Row("nesting without end", deep, 400),
            Row("10 MB", large, 413), Row("10 MB that nobody signed", large, signature: "0", 413),
            Row("an object of nothing", "{}", 200), Row("an event that is a number", #"{"event":7}"#, 200),
            Row("a sender that is a number", message(sender: "7"), 200),
            Row("a message that is a list", message(sender: #"{"id":"list"}"#, "[1]"), 200),
            Row("a token of letters", message(token: #""abc""#), 200),
            Row("a token beyond 64 bits", message(token: "99999999999999999999999"), 200),
            Row("a negative token", message(token: "-9007199254740993"), 200),
            Row("the same again", message(token: "99999999999999999999999"), 200),
            Row("a receipt for nothing", #"{"event":"seen","message_token":9007199254740993,"user_id":"x"}"#, 200),
        ]

        @Test("each body gets its answer, and what others write comes in between")
        func answered() async throws {
            try await ViberSite.with { site, desk in
                let anna = site.viber.createUser(name: "Анна")
                let chat = try await site.open(desk, anna, "Здравствуйте")
                for (index, row) in Self.rows.enumerated() {
                    let status = try await site.viber.post(row.body, signature: row.signature)
                    #expect(status == row.status, "\(row.label)")
                    try site.viber.write("\(index)", from: anna.id)
                    let came = try await desk.came(index + 1, to: chat)
                    #expect(came.last?["text"]?["text"]?.string == "\(index)", "\(row.label)")
                }
                #expect(site.viber.violations.isEmpty, "\(site.viber.violations)")
            }
        }

        @Test("a link that never ends, and those that lead into the own network, fail alone")
        func links() async throws {
            try await ViberSite.with(settings: ["limits.upload_bytes": "\(2 << 20)"]) { site, desk in
                let anna = site.viber.createUser(name: "Анна")
                let chat = try await site.open(desk, anna, "Здравствуйте")
                let endless = site.viber.hostEndless(named: "a.jpg", mime: "image/jpeg")
                for _ in 1...6 { try Self.picture(endless, from: anna.id, site) }
                try site.viber.write("picture", SampleFiles["p.png"], named: "p.png", mime: "image/png", from: anna.id)
                try site.viber.write("и текст", from: anna.id)
                let came = try await desk.came(8, to: chat)
                #expect(came.last?["text"]?["text"]?.string == "и текст")
                let good = try await site.file(came[6]["image"]?["file"]?.string ?? "")
                #expect(good.status == 200 && good.body == SampleFiles["p.png"])
                for message in came.prefix(6) { try await Self.expectFailed(message, "too_large", desk, site) }

                // From now on the simulated messenger's own address is one that nobody may be sent to.
                try await site.installation.run(["account", "set", "support", "media.allow_insecure=false"])
                let secret = site.viber.host(SampleFiles["p.png"], named: "p.png", mime: "image/png")
                try await eventually("the setting has taken effect") {
                    try Self.picture(secret, from: anna.id, site)
                    let count = await desk.events.count {
                        $0.type == "message.created" && $0.data["kind"]?.string == "image"
                    }
                    let last = try #require(try await desk.came(count, to: chat).last)
                    let file = try await site.file(last["image"]?["file"]?.string ?? "")
                    return file.status == 410 ? true : nil
                }
                let redirect = site.viber.hostRedirect(to: "http://127.0.0.1:9/", named: "a.jpg")
                for link in [
                    redirect, "https://127.0.0.1/a.jpg", "https://[::1]/a.jpg", "https://169.254.169.254/a.jpg",
                ] {
                    try Self.picture(link, from: anna.id, site)
                }
                try site.viber.write("и всё", from: anna.id)
                _ = try await desk.event("message.created") { $0.data["text"]?["text"]?.string == "и всё" }
                for message in try await desk.came(8, to: chat).dropLast().suffix(4) {
                    try await Self.expectFailed(message, nil, desk, site)
                }
            }
        }

        private static func picture(_ link: String, from user: String, _ site: ViberSite) throws {
            try site.viber.write(
                [("type", JSONWriter.bytes(of: "picture")), ("media", JSONWriter.bytes(of: link))], from: user)
        }

        /// The agent is told why, and there is nothing to be had.
        private static func expectFailed(
            _ message: JSONValue, _ code: String?, _ desk: Desk, _ site: ViberSite
        ) async throws {
            let id = try #require(message["image"]?["file"]?.string)
            let told = try await desk.event("file.updated") { $0.data["file"]?.string == id }
            #expect(told.data["state"]?.string == "failed")
            if let code { #expect(told.data["reason"]?["code"]?.string == code) }
            #expect(told.data["reason"]?["text"]?.string?.isEmpty == false)
            #expect(try await site.file(id).status == 410)
        }
    }
}
