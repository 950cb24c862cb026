import JSON

/// The control interface for other processes: `POST /control/<name>` with parameters as for the Bot API, in query, form or
/// JSON. Every name stands in `all`; `bot` is the id of a bot and may be left out where there is one.
enum ControlRoutes {
    typealias Route = @Sendable (TelegramWorld, ControlRequest) throws -> [UInt8]

    static let all: [String: Route] = [
        "createBot": { world, request in
            let bot = try world.createBot(
                token: request.text("token"), username: request.text("username") ?? "desk_bot",
                firstName: request.text("first_name") ?? "Desk")
            return JSONWriter.object {
                $0.member("id", bot.id)
                $0.member("token", bot.token)
                $0.member("username", bot.username)
            }
        },
        "createCustomer": { world, request in
            let customer = SimulatedCustomer(
                id: try request.optionalInteger("id") ?? world.nextCustomer(),
                firstName: request.text("first_name") ?? "Olga", lastName: request.text("last_name"),
                username: request.text("username"), languageCode: request.text("language_code"))
            world.customers[customer.id] = customer
            if request.flag("started") { _ = world.privateChat(of: customer, with: try request.bot(in: world)) }
            return customer.userJSON
        },
        "createGroup": { world, request in
            let group = try world.createGroup(
                title: request.text("title") ?? "Family", by: try request.integer("customer"),
                bot: try request.bot(in: world))
            return JSONWriter.object { $0.member("id", group) }
        },
        "write": { world, request in
            let delivery = try world.write(
                try request.message(), from: try request.integer("customer"), to: try request.bot(in: world))
            return JSONWriter.bytes(of: delivery)
        },
        "start": { world, request in
            let delivery = try world.write(
                .start(request.text("payload")), from: try request.integer("customer"), to: try request.bot(in: world))
            return JSONWriter.bytes(of: delivery)
        },
        "edit": { world, request in
            let delivery = try world.edit(
                Int(try request.integer("message_id")), to: try request.message(),
                from: try request.integer("customer"), of: try request.bot(in: world))
            return JSONWriter.bytes(of: delivery)
        },
        "block": { world, request in
            let update = try world.setBlocked(
                true, by: try request.integer("customer"), bot: try request.bot(in: world))
            return JSONWriter.object { $0.member("update_id", update) }
        },
        "unblock": { world, request in
            let update = try world.setBlocked(
                false, by: try request.integer("customer"), bot: try request.bot(in: world))
            return JSONWriter.object { $0.member("update_id", update) }
        },
        "press": { world, request in
            let query = try world.press(
                data: request.text("data") ?? "", on: Int(try request.integer("message_id")),
                by: try request.integer("customer"), in: try request.optionalInteger("group"),
                bot: try request.bot(in: world))
            return JSONWriter.object { $0.member("callback_query_id", query) }
        },
        "react": { world, request in
            let update = try world.react(
                request.text("emoji").map { $0.split(separator: ",").map(String.init) } ?? [],
                to: Int(try request.integer("message_id")), by: try request.integer("customer"),
                in: try request.optionalInteger("group"), bot: try request.bot(in: world))
            return JSONWriter.object { $0.member("update_id", update) }
        },
        "raw": { world, request in
            guard let kind = request.text("kind") else { throw SimulatorError("\"kind\" is missing") }
            let update = world.enqueue(
                kind, Array((request.text("payload") ?? "{}").utf8), for: try request.bot(in: world))
            return JSONWriter.object { $0.member("update_id", update) }
        },
        "burst": { world, request in
            let bot = try request.bot(in: world)
            let customers = try request.crowd(in: world)
            let count = Int(try request.integer("count"))
            let text = request.text("text") ?? "message"
            for number in 0..<max(0, count) {
                _ = try world.write(
                    CustomerMessage("\(text) \(number + 1)"), from: customers[number % customers.count], to: bot)
            }
            return JSONWriter.object { $0.member("customers", customers) }
        },
        "sent": { world, request in
            let chat = try request.integer("chat")
            let messages = try request.bot(in: world).chats[chat]?.sent ?? []
            return JSONWriter.bytes(of: messages.map { SimulatedMessage($0, in: chat) })
        },
        "setPicture": { world, request in
            let customer = try world.customer(try request.integer("customer")).id
            world.setPicture(request.upload("file")?.bytes, of: customer)
            return Array("true".utf8)
        },
        "expireFilePaths": { world, _ in
            world.files.expirePaths()
            return Array("true".utf8)
        },
        "callbackAnswers": { world, request in
            var writer = JSONWriter()
            let answers = try request.bot(in: world).answeredCallbacks
            writer.array { writer in
                for answer in answers {
                    writer.object { writer in
                        writer.member("callback_query_id", answer.query)
                        writer.member("text", answer.text)
                        writer.member("show_alert", answer.isAlert)
                    }
                }
            }
            return writer.bytes
        },
        "chats": { world, request in
            JSONWriter.bytes(of: try request.bot(in: world).chats.keys.sorted())
        },
        "fault": { world, request in
            world.faults.append(try request.fault())
            return Array("true".utf8)
        },
        "clearFaults": { world, _ in
            world.faults = []
            return Array("true".utf8)
        },
        "revoke": { world, request in
            world.revoke(try request.bot(in: world))
            return Array("true".utf8)
        },
        "statistics": { world, request in
            JSONWriter.bytes(of: world.statistics(of: try request.bot(in: world)))
        },
        "violations": { world, _ in JSONWriter.bytes(of: world.violations.last) },
    ]
}

extension TelegramWorld {
    func receiveControl(_ call: UInt64, _ name: String, _ parameters: RequestParameters) {
        let request = ControlRequest(parameters)
        do {
            if name == "wait" {
                let seconds = Double(request.text("seconds") ?? "10") ?? 10
                return wait(
                    call, for: try request.event(), bot: try request.optionalInteger("bot"), seconds: seconds)
            }
            guard let route = ControlRoutes.all[name] else { throw SimulatorError("there is no \"\(name)\"") }
            answer(call, .ok(try route(self, request)))
        } catch {
            answer(call, TelegramFailure(400, "\(error)").answer)
        }
    }
}
