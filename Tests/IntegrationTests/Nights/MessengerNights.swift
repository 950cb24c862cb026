import AgentClient
import JSON
import Postgres
import Sandbox
import Store
import Testing

extension ProcessTests {
    @Suite("Nights: the messenger")
    struct MessengerNights {
        @Test("the account's token has ended there")
        func tokenEnded() async throws {
            try await World.with(.free()) { world in
                let night = Night("token-ended", world)
                try world.telegram.revokeToken()
                try await night.screen(
                    "doctor --bad", status: 1,
                    shows: [
                        "messenger support: Telegram refuses getMe: Unauthorized", "→ get a new token",
                        "account set support --token-file",
                    ])
                try await night.screen("account check support", status: 8, shows: ["Unauthorized"])
                try await night.screen("connector status", status: 0, shows: ["Unauthorized"], within: .seconds(90))
            }
        }

        @Test("somebody else sets a webhook, again and again")
        func webhookOfAnother() async throws {
            try await World.with(.free()) { world in
                let night = Night("webhook-of-another", world)
                let rival = Task { [world] in
                    while !Task.isCancelled {
                        _ = try? await world.telegram.call(
                            "setWebhook", [("url", "https://rival.example/hook")], token: world.bot.token)
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
                defer { rival.cancel() }
                try await night.screen(
                    "doctor --bad", status: 1,
                    shows: ["somebody set a webhook at https://rival.example", "→ ", "make a new token"])
                try await night.screen("connector status", status: 0, shows: ["Conflict"])
            }
        }

        @Test("a second program polls with the same token")
        func secondPoller() async throws {
            try await World.with(.free()) { world in
                let night = Night("second-poller", world)
                let rival = Task { [world] in
                    while !Task.isCancelled {
                        _ = try? await world.telegram.call("getUpdates", [("timeout", "20")], token: world.bot.token)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                defer { rival.cancel() }
                try await night.screen(
                    "doctor --bad", status: 1,
                    shows: [
                        "account support: Telegram refuses getUpdates: Conflict",
                        "→ another program polls with the same token",
                    ])
                try await night.screen("connector status", status: 0, shows: ["Conflict"])
            }
        }

        @Test("it wants nothing for an hour")
        func pause() async throws {
            try await World.with(.free()) { world in
                let night = Night("rate-pause", world)
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 3)
                    for chat in traffic.chats {
                        world.telegram.add(
                            SimulatedFault(
                                .tooManyRequests(retryAfter: 3600), method: "sendMessage", chat: chat.customer))
                        try await desk.send("Добрый вечер", to: chat.interaction)
                    }
                    try await night.screen(
                        "doctor --bad", status: 10,
                        shows: [
                            "account support: the messenger wants nothing until", "parts wait",
                            "→ wait; lower the rate",
                        ])
                    try await night.screen("connector status", status: 0, shows: ["paused_until", "T"])
                }
            }
        }

        @Test("one chat is stuck: its parts wait behind the first, the others' do not")
        func stuckChat() async throws {
            try await World.with(.free()) { world in
                let night = Night("stuck-chat", world)
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 2)
                    let (stuck, free) = (traffic.chats[0], traffic.chats[1])
                    world.telegram.add(
                        SimulatedFault(
                            .failure(code: 500, text: "Internal Server Error"), method: "sendMessage",
                            chat: stuck.customer, times: 10_000))
                    let first = try await desk.send("Это застрянет", to: stuck.interaction)
                    for number in 1...5 { try await desk.send("за ним \(number)", to: stuck.interaction) }
                    try await desk.send("а это дойдёт", to: free.interaction)
                    try await world.telegram.sent(to: free.customer, atLeast: 1, seconds: 30)
                    // Five minutes go by.
                    _ = try await world.store.pool.query(
                        "UPDATE outbox SET created_at = created_at - interval '5 minutes'")
                    try await night.screen(
                        "doctor --bad", status: 10,
                        shows: [
                            "6 parts wait", "behind chat \(stuck.customer)", "Internal Server Error",
                            "eralink trace \(first)",
                        ])
                    try await night.screen("connector status", status: 0, shows: ["6 "])
                    try await night.screen("trace \(first)", status: 0, shows: ["attempt", "Internal Server Error"])
                }
            }
        }

        @Test("a customer's file never arrives: it is told, with the message that shows it; the chat goes on")
        func fileNeverArrives() async throws {
            try await World.with(.free()) { world in
                let night = Night("file-never-arrives", world)
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    let chat = traffic.chats[0]
                    world.telegram.add(
                        SimulatedFault(
                            .failure(code: 500, text: "Internal Server Error"), method: "getFile", times: 10_000))
                    var photo = CustomerMessage()
                    photo.file = CustomerFile(.document, [1, 2, 3], name: "чек.pdf", mime: "application/pdf")
                    try world.telegram.write(photo, from: chat.customer)
                    let shown = try await desk.event("message.created") { $0.data["document"] != nil }
                    let message = try #require(shown.data["id"]?.string)
                    try await traffic.run(rounds: 0..<1)
                    try await traffic.settle()
                    // Five minutes go by.
                    _ = try await world.store.pool.query(
                        "UPDATE file SET created_at = created_at - interval '5 minutes'")
                    try await night.screen(
                        "doctor --bad", status: 10,
                        shows: [
                            "downloads: support: 1 file is not fetched", "Internal Server Error", "message \(message)",
                            "→ look at the messenger and the way to it: eralink account check support",
                        ])
                    try await night.screen("account check support", status: 0, shows: ["desk_bot"])
                }
            }
        }
    }
}

extension ProcessTests {
    @Suite("Nights: webhooks")
    struct WebhookNights {
        @Test("our webhook cannot be reached, then somebody else sets another")
        func webhook() async throws {
            try await ViberSite.with { site, _ in
                let unreachable = Night("webhook-unreachable", site.installation)
                let nobody = try FreePorts.take()
                try await site.installation.run([
                    "account", "set", "support", "public_url=http://127.0.0.1:\(nobody)",
                ])
                try await unreachable.screen(
                    "doctor --bad", status: 1,
                    shows: [
                        "messenger support: its webhook cannot be reached at http://127.0.0.1:\(nobody)/webhooks/support/…",
                        "→ start the proxy there",
                    ])
                try await site.installation.run(["account", "set", "support", "public_url=\(site.base)"])
                try await site.viber.wait(for: .webhook)
                let taken = Night("webhook-taken", site.installation)
                try site.viber.setWebhook("https://rival.example/hook")
                try await taken.screen(
                    "doctor --bad", status: 1,
                    shows: ["messenger support: its webhook is not ours", "→ the connector sets ours"])
                try await taken.screen("account check support", status: 0, shows: ["webhook", "another"])
            }
        }
    }
}
