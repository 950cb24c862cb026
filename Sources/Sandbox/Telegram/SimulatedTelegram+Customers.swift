import JSON

/// Bots, and what customers do. Every `bot` is the id of one, or nil for the first.
extension SimulatedTelegram {
    /// - Parameter token: nil for a made-up one.
    @discardableResult
    package func createBot(
        token: String? = nil, username: String = "desk_bot", firstName: String = "Desk"
    ) throws -> SimulatedBot {
        try core.perform { try $0.createBot(token: token, username: username, firstName: firstName) }
    }

    /// Makes a person who has not written to any bot yet: a bot that writes to them gets "chat not found".
    @discardableResult
    package func createCustomer(
        id: Int64? = nil, firstName: String = "Olga", lastName: String? = nil, username: String? = nil,
        languageCode: String? = nil
    ) -> SimulatedCustomer {
        core.perform { world in
            let customer = SimulatedCustomer(
                id: id ?? world.nextCustomer(), firstName: firstName, lastName: lastName, username: username,
                languageCode: languageCode)
            world.customers[customer.id] = customer
            return customer
        }
    }

    /// Lets the customer be one who has started the bot long ago; no update comes of it.
    package func openChat(with customer: Int64, bot: Int64? = nil) throws {
        try core.perform { world in _ = world.privateChat(of: try world.customer(customer), with: try world.bot(bot)) }
    }

    @discardableResult
    package func write(
        _ message: CustomerMessage, from customer: Int64, bot: Int64? = nil
    ) throws -> CustomerDelivery {
        try core.perform { try $0.write(message, from: customer, to: $0.bot(bot)) }
    }

    @discardableResult
    package func write(_ text: String, from customer: Int64, bot: Int64? = nil) throws -> CustomerDelivery {
        try write(CustomerMessage(text), from: customer, bot: bot)
    }

    @discardableResult
    package func edit(
        _ messageID: Int, to message: CustomerMessage, from customer: Int64, bot: Int64? = nil
    ) throws -> CustomerDelivery {
        try core.perform { try $0.edit(messageID, to: message, from: customer, of: $0.bot(bot)) }
    }

    /// Blocks the bot, or unblocks it. Gives the id of the update that tells the bot; nil where nothing changed.
    @discardableResult
    package func setBlocked(_ isBlocked: Bool, by customer: Int64, bot: Int64? = nil) throws -> Int? {
        try core.perform { try $0.setBlocked(isBlocked, by: customer, bot: $0.bot(bot)) }
    }

    /// Presses the button with that callback data and gives the id of the query.
    @discardableResult
    package func press(
        data: String, on messageID: Int, by customer: Int64, in group: Int64? = nil, bot: Int64? = nil
    ) throws -> String {
        try core.perform { try $0.press(data: data, on: messageID, by: customer, in: group, bot: $0.bot(bot)) }
    }

    /// Sets the customer's reaction; nil takes it away. Gives nil where the bot has not asked for reactions.
    @discardableResult
    package func react(
        _ emoji: String?, to messageID: Int, by customer: Int64, in group: Int64? = nil, bot: Int64? = nil
    ) throws -> Int? {
        try core.perform {
            try $0.react(emoji.map { [$0] } ?? [], to: messageID, by: customer, in: group, bot: $0.bot(bot))
        }
    }

    /// Sets all of the customer's reactions at once, as a premium user can.
    @discardableResult
    package func react(_ emojis: [String], to messageID: Int, by customer: Int64, bot: Int64? = nil) throws -> Int? {
        try core.perform { try $0.react(emojis, to: messageID, by: customer, in: nil, bot: $0.bot(bot)) }
    }

    /// Makes a group with the bot in it and gives its id, which is negative.
    @discardableResult
    package func createGroup(title: String = "Family", by customer: Int64, bot: Int64? = nil) throws -> Int64 {
        try core.perform { try $0.createGroup(title: title, by: customer, bot: $0.bot(bot)) }
    }

    /// Queues an update of any kind, known or not, whose value nobody checks.
    @discardableResult
    package func sendRaw(kind: String, payload: [UInt8], bot: Int64? = nil) throws -> Int? {
        try core.perform { $0.enqueue(kind, payload, for: try $0.bot(bot)) }
    }

    /// Writes many messages at once, by turns from each of the customers, and gives where they went.
    ///
    /// The texts are `text` with the number of the message behind it, from 1 on.
    @discardableResult
    package func burst(
        _ count: Int, from customers: [Int64], text: String = "message", bot: Int64? = nil
    ) throws -> [CustomerDelivery] {
        guard !customers.isEmpty else { throw SimulatorError("a burst needs customers") }
        return try core.perform { world in
            let bot = try world.bot(bot)
            return try (0..<count).map { number in
                try world.write(
                    CustomerMessage("\(text) \(number + 1)"), from: customers[number % customers.count], to: bot)
            }
        }
    }
}
