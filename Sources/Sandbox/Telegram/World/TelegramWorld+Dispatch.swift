extension TelegramWorld {
    /// Takes a call that has arrived whole.
    /// - Parameters:
    ///   - token: what stands between `/bot` and the next slash.
    ///   - method: what follows it; empty where the parameter `method` names it.
    func receive(_ id: UInt64, token: Substring, method: Substring, parameters: RequestParameters) {
        let name = (method.isEmpty ? parameters["method"] : String(method)).lowercased()
        guard let bot = tokens[String(token)].flatMap({ bots[$0] }), !bot.isRevoked else {
            return answer(id, Self.refusal(of: token).answer)
        }
        receive(TelegramCall(id: id, bot: bot, method: name, parameters: parameters))
    }

    func receive(_ call: TelegramCall) {
        let (bot, name) = (call.bot, call.method)
        calls[name, default: 0] += 1
        if TelegramMethod.isSend(name) {
            bot.peaks.record(now)
            if let id = call.chat { bot.chats[id]?.peaks.record(now) }
        }
        if let index = faults.firstIndex(where: { $0.strikes(method: name, chat: call.chat) }) {
            let fault = faults[index]
            faults[index].times -= 1
            if faults[index].times <= 0 { faults.remove(at: index) }
            strike(fault, call)
        } else {
            carryOut(call)
        }
    }

    /// The public server takes a token of another form for a wrong address.
    private static func refusal(of token: Substring) -> TelegramFailure {
        let parts = token.split(separator: ":", maxSplits: 1)
        let isWellFormed = parts.count == 2 && Int64(parts[0]) != nil && parts[1].utf8.count >= 10
        return isWellFormed ? TelegramFailure(401, "") : TelegramFailure(404, "")
    }

    func carryOut(_ call: TelegramCall) {
        if call.method == "file" { return download(call) }
        switch execute(call) {
        case .success(.result(let json, let description)): finish(call, .ok(json, description: description))
        case .success: break
        case .failure(let failure): finish(call, failure.answer)
        }
    }

    func finish(_ call: TelegramCall, _ answer: TelegramAnswer, after delay: Double = 0) {
        answers[call.method, default: [:]][answer.status, default: 0] += 1
        self.answer(call.id, answer, after: delay)
    }

    private func execute(_ call: TelegramCall) -> Result<TelegramOutcome, TelegramFailure> {
        guard call.parameters.size <= RequestParameters.limit else { return .failure(TelegramFailure(413, "")) }
        guard let method = TelegramMethod.all[call.method] else {
            report(.unknownMethod, call, call.method)
            return .failure(TelegramFailure(404, "method not found"))
        }
        inspect(call, method)
        guard !call.parameters.hasInvalidText else {
            let failure = TelegramFailure.bad("Strings must be encoded in UTF-8")
            report(.badRequest, call, failure.description)
            return .failure(failure)
        }
        do throws(TelegramFailure) {
            return .success(try method.run(self, call))
        } catch {
            if error.code == 400, !Self.isOfTheWorld(error.description) { report(.badRequest, call, error.description) }
            return .failure(error)
        }
    }

    private func inspect(_ call: TelegramCall, _ method: TelegramMethod) {
        let parameters = call.parameters
        if let known = method.parameters {
            let attached = parameters.values.map(\.value).filter { $0.contains("attach://") }
            let parts = parameters.files.map(\.part).filter { part in
                !attached.contains { $0.contains("attach://\(part)\"") || $0 == "attach://\(part)" }
            }
            let names = parameters.values.map(\.name) + parts
            for name in names where name != "method" && !known.contains(name) { report(.unknownParameter, call, name) }
            for (name, value) in parameters.values where !value.isEmpty {
                if let problem = ParameterTypes.problem(name, value) { report(.wrongType, call, problem) }
            }
        }
        for name in parameters.nulls { report(.nullParameter, call, name) }
        for name in parameters.repeated { report(.repeatedParameter, call, name) }
        if parameters.isBroken { report(.brokenBody, call, "") }
    }

    /// Refusals that come from what customers did meanwhile, and that a faultless bot gets too.
    private static func isOfTheWorld(_ description: String) -> Bool {
        let texts = [
            "chat not found", "message to be replied not found", "message to edit not found",
            "message to delete not found",
            "message is not modified", "query is too old", "not simulated", "message to forward not found",
            "message to copy not found", "protected content", "VOICE_MESSAGES_FORBIDDEN", "file is too big",
        ]
        return texts.contains { description.contains($0) }
    }

    // MARK: faults

    /// After a 429 for a message its chat is closed for the time, or the whole bot where the call named no chat.
    private func hold(_ call: TelegramCall, seconds: Double) {
        guard TelegramMethod.isSend(call.method) else { return }
        if let chat = call.chat.flatMap({ call.bot.chats[$0] }) {
            chat.gate.hold(seconds: seconds, now: now)
        } else {
            call.bot.gate.hold(seconds: seconds, now: now)
        }
    }

    private func strike(_ fault: SimulatedFault, _ call: TelegramCall) {
        if case .delay(let seconds) = fault.effect {
            delayed[call.id] = call
            effects.append(.alarm(call.id, at: now + seconds))
            return
        }
        if fault.isTaken { _ = execute(call) }
        switch fault.effect {
        case .tooManyRequests(let seconds):
            hold(call, seconds: Double(seconds))
            finish(call, TelegramFailure.tooMany(seconds).answer)
        case .failure(let code, let text, let migrateTo):
            finish(call, TelegramFailure(code, text, migrateTo: migrateTo).answer)
        case .badGateway:
            let page =
                "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
                + "</center>\r\n</body>\r\n</html>\r\n"
            finish(call, TelegramAnswer(status: 502, contentType: "text/html", body: Array(page.utf8)))
        case .unreadable:
            finish(call, TelegramAnswer(status: 200, body: Array(#"{"ok":true,"result":{"message_id":"#.utf8)))
        case .hang: effects.append(.forget(call.id))
        case .drop: effects.append(.drop(call.id))
        case .delay: break
        }
    }
}
