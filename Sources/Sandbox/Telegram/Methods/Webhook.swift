import JSON

/// Webhooks are kept and shown, and they bar getUpdates; updates are not delivered to them.
extension TelegramWorld {
    func setWebhook(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let bot = call.bot
        let parameters = call.parameters
        let url = parameters["url"]
        guard !url.isEmpty else { return deleteWebhook(call) }
        guard now >= bot.webhook.nextAllowed else { throw .tooMany(1) }
        bot.webhook.nextAllowed = now + 1
        try check(secret: parameters["secret_token"])
        try check(webhook: url)
        abortPoll(of: bot, TelegramFailure(409, "terminated by setWebhook request"))
        dropUpdates(call)
        updateAllowed(call)
        let wasSet = bot.webhook.url == url
        bot.webhook.url = url
        bot.webhook.maximumConnections = parameters.integer("max_connections", default: 40, in: 1...100)
        return .result(
            Array("true".utf8), description: wasSet ? "Webhook is already set" : "Webhook was set")
    }

    func deleteWebhook(_ call: TelegramCall) -> TelegramOutcome {
        dropUpdates(call)
        let wasSet = !call.bot.webhook.url.isEmpty
        call.bot.webhook.url = ""
        return .result(
            Array("true".utf8), description: wasSet ? "Webhook was deleted" : "Webhook is already deleted")
    }

    func getWebhookInfo(_ call: TelegramCall) -> TelegramOutcome {
        let bot = call.bot
        return .result(
            JSONWriter.object {
                $0.member("url", bot.webhook.url)
                $0.member("has_custom_certificate", false)
                $0.member("pending_update_count", bot.queue.count)
                if !bot.webhook.url.isEmpty { $0.member("max_connections", bot.webhook.maximumConnections) }
                if bot.allowedUpdates != UpdateKind.standard {
                    $0.member("allowed_updates", bot.allowedUpdates.sorted())
                }
            })
    }

    /// Remembers which kinds the bot wants from now on. What is no array of names changes nothing.
    func updateAllowed(_ call: TelegramCall) {
        let text = call.parameters["allowed_updates"]
        guard !text.isEmpty, let names = (try? JSONValue(parsing: text, limits: .telegram))?.array else { return }
        var wanted: Set<String> = []
        for name in names {
            guard let name = name.string else { return }
            wanted.insert(name.lowercased())
        }
        let known = wanted.intersection(UpdateKind.all)
        call.bot.allowedUpdates = known.isEmpty ? UpdateKind.standard : known
    }

    private func dropUpdates(_ call: TelegramCall) {
        guard call.parameters.flag("drop_pending_updates") else { return }
        let lost = call.bot.queue.clear()
        call.bot.droppedByRequest += lost
        report(.droppedUpdates, call, "\(lost) updates lost")
    }

    private func check(secret: String) throws(TelegramFailure) {
        guard secret.utf8.count <= 256 else { throw .bad("secret token is too long") }
        let isAllowed = secret.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isAllowed else { throw .bad("secret token contains unallowed characters") }
    }

    private func check(webhook url: String) throws(TelegramFailure) {
        guard url.lowercased().hasPrefix("https://") else {
            throw .bad("bad webhook: An HTTPS URL must be provided for webhook")
        }
        let authority = url.dropFirst("https://".count).prefix { !"/?#".contains($0) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2 else {
            throw .bad("invalid webhook URL specified")
        }
        let port = parts.count == 2 ? Int(parts[1]) : 443
        guard let port else { throw .bad("invalid webhook URL specified") }
        guard [80, 88, 443, 8443].contains(port) else {
            throw .bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        }
        if host == "localhost" || ["127.", "10.", "192.168."].contains(where: { host.hasPrefix($0) }) {
            throw .bad("bad webhook: IP address \(host) is reserved")
        }
    }
}
