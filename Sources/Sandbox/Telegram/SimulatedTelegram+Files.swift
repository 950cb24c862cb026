import JSON

/// Files and pictures.
extension SimulatedTelegram {
    /// Keeps a document for the first bot at that path and gives its id: a file without a message.
    package func keep(_ bytes: [UInt8], path: String, bot: Int64? = nil) throws -> String {
        try core.perform { world in
            let file = world.files.keep(KeptFile(.document, .bytes(bytes)), for: try world.bot(bot).bot.id)
            _ = world.files.path(of: file.id, now: world.now, as: path)
            return file.id
        }
    }

    /// The bytes of a file that a bot sent or a customer did; nil where there is none of that id.
    package func bytes(of file: String) -> [UInt8]? { core.perform { $0.files[file]?.content.bytes } }

    /// What happens an hour after `getFile`: no path leads to its file any more.
    package func expireFilePaths() { core.perform { $0.files.expirePaths() } }

    /// Makes it the newest of the customer's profile pictures; nil takes all of them away.
    package func setPicture(_ bytes: [UInt8]?, of customer: Int64) throws {
        try core.perform { world in
            _ = try world.customer(customer)
            world.setPicture(bytes, of: customer)
        }
    }

    /// Lets the customer take no voice messages, or take them again.
    package func setRefusesVoice(_ refuses: Bool, by customer: Int64) {
        core.perform { world in
            if refuses { world.voiceRefusers.insert(customer) } else { world.voiceRefusers.remove(customer) }
        }
    }

    /// What the bot answered to presses, in order; the last thousand or so.
    package func callbackAnswers(bot: Int64? = nil) throws -> [SimulatedCallbackAnswer] {
        try core.perform { try $0.bot(bot).answeredCallbacks }
    }
}
