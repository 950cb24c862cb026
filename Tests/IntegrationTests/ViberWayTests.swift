import AgentClient
import Domain
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("The whole way over Viber")
    struct ViberWay {
        /// The smallest PNG, of one pixel.
        private static let png: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0,
            1, 8,
            6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0, 1, 0, 0, 5,
            0, 1,
            0x0D, 0x0A, 0x2D, 0xB4, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
        ]

        private static func text(_ text: String) -> JSONValue { .object([JSONMember("text", .string(text))]) }

        @Test("texts, pictures, files, buttons, the phone and receipts go both ways")
        func bothWays() async throws {
            try await ViberSite.with { site, desk in
                let user = site.viber.createUser(name: "Анна", phone: "79991112233")
                let chat = try await site.open(desk, user, "Здравствуйте 👩‍👩‍👧")
                #expect(try await desk.history("in", of: chat) == ["Здравствуйте 👩‍👩‍👧"])

                // Texts and receipts.
                let first = try await desk.send("1", "text", Self.text("Добрый день 🚚"), to: chat)
                let second = try await desk.send("2", "text", Self.text("שלום"), to: chat)
                try await site.viber.sent(to: user.id, atLeast: 2)
                #expect(try site.viber.sent(to: user.id).map(\.text) == ["Добрый день 🚚", "שלום"])
                try await desk.status(second, "delivered")
                try site.viber.see(user.id)
                try await desk.status(second, "read")
                try await desk.status(first, "read")

                // A picture and a file come in.
                try site.viber.write("picture", Self.png, named: "п.png", mime: "image/png", text: "Вот", from: user.id)
                let picture = try await desk.event("message.created") { $0.data["kind"]?.string == "image" }
                #expect(picture.data["image"]?["caption"]?.string == "Вот")
                let id = try #require(picture.data["image"]?["file"]?.string)
                let fetched = try await site.file(id)
                #expect(fetched.status == 200 && fetched.body == Self.png)
                try site.viber.write(
                    "file", Array("%PDF-1.4 \n".utf8), named: "счёт.pdf", mime: "application/pdf", from: user.id)
                let document = try await desk.event("message.created") { $0.data["kind"]?.string == "document" }
                #expect(document.data["document"]?["name"]?.string == "счёт.pdf")

                // A picture and a file go out; Viber fetches them by link.
                for (kind, name, bytes) in [
                    ("image", "p.png", Self.png), ("document", "a.pdf", Array("%PDF-1.4\n".utf8)),
                ] {
                    let file = try await site.upload(bytes, named: name)
                    let message = try await desk.send(
                        "f-\(kind)", kind, .object([JSONMember("file", .string(file))]), to: chat)
                    try await desk.status(message, "delivered")
                    try await site.viber.wait(for: .media(user: user.id))
                    #expect(try site.viber.sent(to: user.id).last?.media?.bytes == bytes)
                }

                // Buttons, and the phone.
                let rows = #"[[{"text":"Да","kind":"callback","data":"order:17"}],[{"text":"Телефон","kind":"phone"}]]"#
                let keyboard = try JSONValue(parsing: #"{"type":"reply","rows":\#(rows)}"#)
                let asked = try await desk.send("k", "text", Self.text("Заказать?"), keyboard: keyboard, to: chat)
                try await desk.status(asked, "delivered")
                try site.viber.press("Да", by: user.id)
                let press = try await desk.event("callback.received")
                #expect(press.data["data"]?.string == "order:17" && press.data["message"]?.string == asked)
                try site.viber.press("Телефон", by: user.id)
                let updated = try await desk.event("customer.updated") { $0.data["phone"]?.string != nil }
                #expect(updated.data["phone"]?.string == "+79991112233")

                #expect(site.viber.violations.isEmpty, "\(site.viber.violations)")
            }
        }

        @Test(
            "what is written while the connector is away comes when it is back, once; what was sent is not sent again")
        func restart() async throws {
            try await ViberSite.with { site, desk in
                let user = site.viber.createUser()
                let chat = try await site.open(desk, user, "0")
                let before = try await desk.send("1", "text", Self.text("до"), to: chat)
                try await desk.status(before, "delivered")
                let connector = try #require(site.installation.all.first { $0.name == "connector-1" })
                await connector.kill()
                for number in 1...5 { try site.viber.write("\(number)", from: user.id) }
                let during = try await desk.send("2", "text", Self.text("во время"), to: chat)
                try site.startConnector(2)
                try await desk.status(during, "delivered")
                try await eventually("all that was written has come") {
                    Set(await desk.texts("in", of: chat)).count == 5 ? true : nil
                }
                #expect(await desk.texts("in", of: chat).sorted() == ["1", "2", "3", "4", "5"])
                #expect(try site.viber.sent(to: user.id).map(\.text) == ["до", "во время"])
                #expect(site.viber.violations.allSatisfy { $0.kind == .badWebhook })
            }
        }
    }
}
