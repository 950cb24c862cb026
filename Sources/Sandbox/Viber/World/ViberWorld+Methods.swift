import JSON

/// What the methods answer (providers' digest, sections 1, 2, 6, 9 and 11).
extension ViberWorld {
    enum Reply: Sendable {
        case json([UInt8])
        /// The address is called first; then `finishWebhook`.
        case validate(bot: String, url: String)
        case fault(SimulatedViberFault.Effect)
    }

    static let names = [
        0: "ok", 1: "invalidUrl", 2: "invalidAuthToken", 3: "badData", 4: "missingData", 5: "receiverNotRegistered",
        6: "receiverNotSubscribed", 7: "publicAccountBlocked", 8: "publicAccountNotFound", 9: "publicAccountSuspended",
        10: "webhookNotSet", 11: "receiverNoSuitableDevice", 12: "tooManyRequests", 13: "apiVersionNotSupported",
        20: "broadcastNotAllowed", 23: "freeMessagesExceeded", 24: "noBalance",
    ]

    static func refusal(_ status: Int, _ words: String? = nil) -> Reply {
        .json(
            JSONWriter.object {
                $0.member("status", status)
                $0.optional("status_message", words ?? names[status])
            })
    }

    mutating func receive(_ method: String, token header: String?, contentType: String?, body: [UInt8]) -> Reply {
        calls[method, default: 0] += 1
        let value = body.isEmpty ? JSONValue.object([]) : (try? JSONValue(parsing: body)) ?? .null
        guard let token = header ?? value["auth_token"]?.string else {
            report(.unauthorized, method, "no token")
            return Self.refusal(2, "missing_auth_token")
        }
        guard let bot = bots.first(where: { $0.value.bot.token == token })?.key else {
            report(.unauthorized, method, "an unknown token")
            return Self.refusal(2, "invalid_auth_token")
        }
        let user = value["receiver"]?.string ?? value["id"]?.string
        if let index = faults.firstIndex(where: { fault in
            (fault.method ?? method) == method && (fault.user == nil || fault.user == user)
        }) {
            let fault = faults[index]
            if fault.passing > 0 {
                faults[index].passing -= 1
                return execute(method, bot, value, body, contentType)
            }
            faults[index].times -= 1
            if faults[index].times <= 0 { faults.remove(at: index) }
            if fault.isTaken { _ = execute(method, bot, value, body, contentType) }
            return .fault(fault.effect)
        }
        return execute(method, bot, value, body, contentType)
    }

    private mutating func execute(
        _ method: String, _ bot: String, _ value: JSONValue, _ body: [UInt8], _ contentType: String?
    ) -> Reply {
        guard value.object != nil else {
            report(.brokenBody, method, "the body is no JSON object")
            return Self.refusal(3)
        }
        if !body.isEmpty, contentType?.lowercased().hasPrefix("application/json") == false {
            report(.brokenBody, method, "the content type is \(contentType ?? "")")
        }
        guard body.count <= 30 << 10 else {
            report(.tooLarge, method, "\(body.count) bytes")
            return Self.refusal(3, "request is too large")
        }
        if let trouble = bots[bot]?.trouble { return Self.refusal(trouble) }
        switch method {
        case "send_message": return send(bot, value)
        case "set_webhook": return setWebhook(bot, value)
        case "get_account_info": return .json(accountInfo(bot))
        case "get_user_details": return userDetails(bot, value)
        case "get_online": return online(value)
        case "broadcast_message": return Self.refusal(20)
        default:
            report(.unknownMethod, method, "")
            return Self.refusal(3, "unknown method")
        }
    }

    // MARK: send_message

    private mutating func send(_ bot: String, _ value: JSONValue) -> Reply {
        guard bots[bot]?.webhook.isEmpty == false else { return Self.refusal(10) }
        do throws(ViberMessageSchema.Refusal) {
            try ViberMessageSchema.check(value, addressed: .text("receiver", 1...256, required: true))
        } catch {
            report(.badData, "send_message", error.words)
            return Self.refusal(error.status, error.words)
        }
        guard let receiver = value["receiver"]?.string, let user = users[receiver] else { return Self.refusal(5) }
        guard var chat = bots[bot]?.chats[receiver], chat.isSubscribed else {
            if bots[bot]?.chats[receiver]?.isRefusalKnown == true {
                report(.sentToUnsubscribed, "send_message", receiver)
            }
            bots[bot]?.chats[receiver]?.isRefusalKnown = true
            return Self.refusal(6)
        }
        guard ViberMessageSchema.level(value) <= user.apiVersion else {
            report(.tooNew, "send_message", "level \(ViberMessageSchema.level(value)) for \(user.apiVersion)")
            return Self.refusal(13)
        }
        chat.unanswered.removeAll { $0 <= now - 3600 }
        guard chat.unanswered.count < configuration.unansweredPerHour else {
            report(.overRate, "send_message", receiver)
            return Self.refusal(12)
        }
        chat.unanswered.append(now)
        chat.show(value)
        let token = nextToken()
        bots[bot]?.chats[receiver] = chat
        bots[bot]?.sent.append(SimulatedViberMessage(token: token, user: receiver, body: value, at: now))
        if let link = value["media"]?.string, ["picture", "video", "file"].contains(value["type"]?.string ?? "") {
            effects.append(
                .fetch(
                    bot: bot, token: token, link: link, size: value["size"]?.int64,
                    isPicture: value["type"]?.string == "picture"))
        }
        if configuration.deliversAtOnce { deliver(token, bot) }
        return .json(
            JSONWriter.object {
                $0.member("status", 0)
                $0.member("status_message", "ok")
                $0.member("message_token", token)
                $0.member("chat_hostname", "SN-CHAT-05_")
                $0.member("billing_status", 1)
            })
    }

    /// A device of the person has the message: `delivered`. More devices, more times.
    mutating func deliver(_ token: Int64, _ bot: String) {
        guard let index = bots[bot]?.sent.lastIndex(where: { $0.token == token }),
            let user = bots[bot]?.sent[index].user
        else { return }
        bots[bot]?.sent[index].isDelivered = true
        call(back: bot, "delivered", user: user, token: token) { writer, _ in writer.member("user_id", user) }
    }

    mutating func fetched(
        _ bot: String, _ token: Int64, _ media: SimulatedViberMessage.FetchedMedia?, _ problem: String?
    ) {
        guard let index = bots[bot]?.sent.lastIndex(where: { $0.token == token }) else { return }
        bots[bot]?.sent[index].media = media
        guard let problem else { return }
        report(.badMedia, "send_message", problem)
        fail(token, bot, "media could not be downloaded: \(problem)")
    }

    /// The person's device rejects a message that was taken.
    mutating func fail(_ token: Int64, _ bot: String, _ words: String) {
        guard let index = bots[bot]?.sent.lastIndex(where: { $0.token == token }),
            let user = bots[bot]?.sent[index].user
        else { return }
        bots[bot]?.sent[index].failure = words
        call(back: bot, "failed", user: user, token: token) { writer, _ in
            writer.member("user_id", user)
            writer.member("desc", words)
        }
    }

    // MARK: set_webhook

    private mutating func setWebhook(_ bot: String, _ value: JSONValue) -> Reply {
        let rules: [ViberRule] = [
            .text("url", required: true), .flag("send_name"), .flag("send_photo"), .flag("is_inline"),
            .text("auth_token"),
            ViberRule("event_types") { value in
                guard let types = value.array else { return "\(value.kindPhrase) does not match array" }
                let unknown = types.filter { !($0.string.map(Self.allEvents.contains) ?? false) }
                return unknown.isEmpty ? nil : "unknown event types"
            },
        ]
        if let problem = rules.problem(with: value, level: 1) {
            report(.badData, "set_webhook", problem)
            return Self.refusal(problem.contains("missing required") ? 4 : 3, problem)
        }
        let url = value["url"]?.string ?? ""
        if url.isEmpty {
            bots[bot]?.webhook = ""
            return .json(Array(#"{"status":0,"status_message":"ok","event_types":[]}"#.utf8))
        }
        let isAllowed = url.hasPrefix("https://") || (configuration.takesPlainHTTP && url.hasPrefix("http://"))
        guard isAllowed else {
            report(.badData, "set_webhook", "the address is not https")
            return Self.refusal(1)
        }
        pending[bot] = value
        return .validate(bot: bot, url: url)
    }

    /// - Parameter status: what the address answered; nil: nothing in time.
    mutating func finishWebhook(_ bot: String, _ url: String, status: Int?) -> Reply {
        guard let value = pending.removeValue(forKey: bot), status == 200 else {
            report(.badWebhook, "set_webhook", status.map { "answered \($0)" } ?? "no answer in time")
            return Self.refusal(1, status.map { "Result [com.viber.Failure@5f: HTTP \($0)] for \(url)" })
        }
        let chosen = value["event_types"]?.array?.compactMap(\.string)
        bots[bot]?.webhook = url
        bots[bot]?.eventTypes = chosen.map { Set($0).union(Self.mandatory) } ?? Self.allEvents
        bots[bot]?.sendsName = value["send_name"]?.bool ?? false
        bots[bot]?.sendsPhoto = value["send_photo"]?.bool ?? false
        let types = (bots[bot]?.eventTypes ?? []).sorted()
        return .json(
            JSONWriter.object {
                $0.member("status", 0)
                $0.member("status_message", "ok")
                $0.member("event_types", types)
            })
    }

    // MARK: the others

    private func accountInfo(_ id: String) -> [UInt8] {
        let bot = bots[id]
        return JSONWriter.object {
            $0.member("status", 0)
            $0.member("status_message", "ok")
            $0.member("id", id)
            $0.member("name", bot?.bot.name ?? "")
            $0.member("uri", "desk")
            $0.member("icon", "https://media.example/icon.jpg")
            $0.member("category", "Companies, Brands & Products")
            $0.member("country", "RU")
            $0.member("webhook", bot?.webhook ?? "")
            if configuration.namesEventTypes {
                $0.member("event_types", bot.map { $0.webhook.isEmpty ? [] : $0.eventTypes.sorted() } ?? [])
            }
            $0.member("subscribers_count", bot?.chats.values.count { $0.isSubscribed } ?? 0)
        }
    }

    private mutating func userDetails(_ bot: String, _ value: JSONValue) -> Reply {
        guard let id = value["id"]?.string else {
            report(.badData, "get_user_details", "no id")
            return Self.refusal(4)
        }
        guard let user = users[id] else { return Self.refusal(5) }
        guard bots[bot]?.chats[id]?.isSubscribed == true else { return Self.refusal(6) }
        let asked = (bots[bot]?.detailsAsked[id] ?? []).filter { $0 > now - 43_200 }
        guard asked.count < 2 else {
            report(.tooManyDetails, "get_user_details", id)
            return Self.refusal(12)
        }
        bots[bot]?.detailsAsked[id] = asked + [now]
        return .json(
            JSONWriter.object {
                $0.member("status", 0)
                $0.member("status_message", "ok")
                $0.member("message_token", Int64(now * 1000))
                $0.rawMember("user", user.json(withName: true, withPhoto: true))
            })
    }

    private mutating func online(_ value: JSONValue) -> Reply {
        guard let ids = value["ids"]?.array, ids.count <= 100 else { return Self.refusal(3) }
        return .json(
            JSONWriter.object { writer in
                writer.member("status", 0)
                writer.member("status_message", "ok")
                writer.array("users") { list in
                    for id in ids.compactMap(\.string) where users[id] != nil {
                        list.object {
                            $0.member("id", id)
                            $0.member("online_status", 0)
                            $0.member("online_status_message", "online")
                        }
                    }
                }
            })
    }
}
