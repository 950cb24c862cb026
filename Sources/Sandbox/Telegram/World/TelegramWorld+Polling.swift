extension TelegramWorld {
    func getUpdates(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        let bot = call.bot
        guard bot.webhook.url.isEmpty else {
            conflict(
                call,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
            return .answered
        }
        let parameters = call.parameters
        let offset = parameters.integer("offset")
        updateAllowed(call)
        let (limit, timeout) = bot.polling.began(
            offset: offset, limit: parameters.integer("limit", default: 100, in: 1...100),
            timeout: parameters.integer("timeout", in: 0...Polling.maximumTimeout), now: now)
        let updates = bot.queue.take(offset: offset, limit: limit, now: now)
        guard updates.isEmpty, timeout > 0 else { return .result(Self.list(updates)) }

        // What was confirmed is confirmed: the call that waits begins where the queue stands now.
        let deadline = now + Double(timeout)
        let older = bot.polling.wait(
            Polling.Waiting(call: call.id, offset: max(0, offset), limit: limit, deadline: deadline))
        if let older {
            polls[older.call] = nil
            conflict(
                TelegramCall(id: older.call, bot: bot, method: call.method, parameters: .init()),
                "terminated by other getUpdates request; make sure that only one bot instance is running")
        }
        polls[call.id] = bot
        effects.append(.alarm(call.id, at: deadline))
        return .waiting
    }

    /// Answers what waits, with what there is.
    func endPoll(of bot: BotState) {
        guard let waiting = bot.polling.end() else { return }
        polls[waiting.call] = nil
        let updates = bot.queue.take(offset: waiting.offset, limit: waiting.limit, now: now)
        let call = TelegramCall(id: waiting.call, bot: bot, method: "getupdates", parameters: .init())
        finish(call, .ok(Self.list(updates)))
    }

    /// Ends what waits with a refusal.
    func abortPoll(of bot: BotState, _ failure: TelegramFailure) {
        guard let waiting = bot.polling.end() else { return }
        polls[waiting.call] = nil
        finish(TelegramCall(id: waiting.call, bot: bot, method: "getupdates", parameters: .init()), failure.answer)
    }

    func conflict(_ call: TelegramCall, _ text: String) {
        call.bot.conflicts += 1
        report(.conflict, call, text)
        finish(
            call, TelegramFailure(409, text).answer, after: call.bot.polling.conflictAnswerDelay(now: now))
    }

    /// Puts an update into the queue, unless the bot has not asked for its kind.
    /// - Parameters:
    ///   - date: when it happened, which its lifetime counts from.
    ///   - payload: the value of the member named like the kind.
    @discardableResult
    func enqueue(_ kind: String, _ payload: [UInt8], for bot: BotState, date: Double? = nil) -> Int? {
        guard bot.allowedUpdates.contains(kind) || !UpdateKind.all.contains(kind) else { return nil }
        return enqueue(for: bot, expires: (date ?? now) + UpdateKind.lifetime(kind)) { id in
            var json = Array(#"{"update_id":\#(id),"\#(kind)":"#.utf8)
            json.reserveCapacity(json.count + payload.count + 1)
            json += payload
            json.append(UInt8(ascii: "}"))
            return json
        }
    }

    func enqueue(for bot: BotState, expires: Double, _ json: (Int) -> [UInt8]) -> Int? {
        let id = bot.queue.push(expires: expires, json)
        if let waiting = bot.polling.waiting, !waiting.isWoken {
            bot.polling.woken()
            effects.append(.alarm(waiting.call, at: now + gatherSeconds))
        }
        return id
    }

    private static func list(_ updates: ArraySlice<UpdateQueue.Entry>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(updates.reduce(2) { $0 + $1.json.count + 2 })
        result.append(UInt8(ascii: "["))
        for update in updates {
            if result.count > 1 { result.append(contentsOf: ",\n".utf8) }
            result += update.json
        }
        result.append(UInt8(ascii: "]"))
        return result
    }
}
