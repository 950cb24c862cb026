import JSON

/// The control interface: `POST /control/VERB` with a JSON object, for tests and people in other processes.
struct ViberControl: Sendable {
    let core: ViberCore

    func answer(_ verb: String, _ body: [UInt8]) async -> ViberResponse {
        do throws(SimulatorError) {
            let given = body.isEmpty ? JSONValue.object([]) : (try? JSONValue(parsing: body)) ?? .null
            guard given.object != nil else { throw SimulatorError("the body is a JSON object") }
            return .json(try await run(verb, given))
        } catch {
            return .json(JSONWriter.object { $0.member("error", error.description) }, status: 400)
        }
    }

    private func run(_ verb: String, _ given: JSONValue) async throws(SimulatorError) -> [UInt8] {
        let text = { (name: String) in given[name]?.string }
        switch verb {
        case "createBot":
            let bot = try core.perform { (world) throws(SimulatorError) in
                try world.createBot(token: text("token"), name: text("name") ?? "Desk")
            }
            return JSONWriter.object {
                $0.member("id", bot.id)
                $0.member("token", bot.token)
                $0.member("name", bot.name)
            }
        case "createUser":
            let user = try core.perform { (world) throws(SimulatorError) in
                world.createUser(
                    id: text("id"), name: text("name") ?? "Ольга", avatar: text("avatar"),
                    phone: text("phone") ?? "79991234567", apiVersion: Int(given["api_version"]?.int64 ?? 10),
                    isDesktop: given["desktop"]?.bool ?? false)
            }
            return JSONWriter.object { $0.member("id", user.id) }
        case "openChat":
            return try told { (world, bot) throws(SimulatorError) in
                try world.openChat(try user(given), bot, context: text("context"))
            } given: {
                given
            }
        case "subscribe":
            return try told { (world, bot) throws(SimulatorError) in
                try world.subscribe(try user(given), bot)
            } given: {
                given
            }
        case "unsubscribe":
            return try told { (world, bot) throws(SimulatorError) in
                try world.unsubscribe(try user(given), bot)
            } given: {
                given
            }
        case "write":
            return try told { (world, bot) throws(SimulatorError) in
                // `message` is an object of Viber's, or `text` one.
                let members = given["message"]?.object?.map { ($0.name, $0.value.jsonBytes) }
                return try world.write(
                    members ?? [("type", "text".jsonBytes), ("text", (text("text") ?? "").jsonBytes)], try user(given),
                    bot)
            } given: {
                given
            }
        case "press":
            return try told { (world, bot) throws(SimulatorError) in
                try world.press(text("text") ?? "", try user(given), bot)
            } given: {
                given
            }
        case "see":
            return try told { (world, bot) throws(SimulatorError) in
                try world.see(try user(given), bot)
            } given: {
                given
            }
        case "fail":
            return try told { (world, bot) throws(SimulatorError) in
                guard let token = given["message_token"]?.int64 else {
                    throw SimulatorError("\"message_token\" is missing")
                }
                world.fail(token, bot, text("desc") ?? "failed")
                return token
            } given: {
                given
            }
        case "sent": return try await sent(given)
        case "violations":
            let all = core.read { $0.violations }
            var writer = JSONWriter()
            writer.array { list in
                for one in all {
                    list.object {
                        $0.member("kind", one.kind.rawValue)
                        $0.member("method", one.method)
                        $0.member("detail", one.detail)
                    }
                }
            }
            return writer.bytes
        case "fault":
            guard let status = given["status"]?.int64 else { throw SimulatorError("\"status\" is missing") }
            core.note {
                $0.faults.append(
                    SimulatedViberFault(
                        .status(Int(status), text("words")), method: text("method"), user: text("user"),
                        times: Int(given["times"]?.int64 ?? 1)))
            }
            return Array("true".utf8)
        default: throw SimulatorError("there is no /control/\(verb)")
        }
    }

    private func user(_ given: JSONValue) throws(SimulatorError) -> String {
        guard let user = given["user"]?.string else { throw SimulatorError("\"user\" is missing") }
        return user
    }

    /// Has a person do something; gives the token of the callback.
    private func told(
        _ body: (inout ViberWorld, String) throws(SimulatorError) -> Int64?, given: () -> JSONValue
    ) throws(SimulatorError) -> [UInt8] {
        let bot = given()["bot"]?.string
        let token = try core.perform { (world) throws(SimulatorError) in
            let id = try world.botID(bot)
            return try body(&world, id)
        }
        return JSONWriter.object { $0.member("message_token", token) }
    }

    /// What a person got from the bot, once that is so many messages.
    private func sent(_ given: JSONValue) async throws(SimulatorError) -> [UInt8] {
        let user = try user(given)
        let bot = try core.perform { (world) throws(SimulatorError) in try world.botID(given["bot"]?.string) }
        if let count = given["at_least"]?.int64 {
            do {
                try await core.wait(seconds: given["seconds"]?.double ?? 10) { world in
                    (world.bots[bot]?.sent.count { $0.user == user } ?? 0) >= count
                }
            } catch { throw SimulatorError("it has not come to \(count) messages") }
        }
        let messages = core.read { $0.bots[bot]?.sent.filter { $0.user == user } ?? [] }
        var writer = JSONWriter()
        writer.array { list in for message in messages { list.element(message) } }
        return writer.bytes
    }
}

extension SimulatedViberMessage: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message_token", token)
            $0.member("user", user)
            $0.member("at", at)
            $0.member("body", body)
            $0.member("delivered", isDelivered)
            $0.member("seen", isSeen)
            $0.optional("failure", failure)
            $0.optional("fetched_bytes", media?.bytes.count)
        }
    }
}
