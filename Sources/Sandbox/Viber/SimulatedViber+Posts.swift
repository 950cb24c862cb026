/// Bodies that no Viber would send.
extension SimulatedViber {
    /// Posts these bytes to the bot's webhook, once, whatever they are; gives the status, nil where no answer came.
    /// - Parameter signature: nil for the right one.
    package func post(_ body: [UInt8], signature: String? = nil, bot: String? = nil) async throws -> Int? {
        let (url, token) = try core.perform { (world) throws(SimulatorError) in
            let bot = world.bots[try world.botID(bot)]
            return (bot?.webhook ?? "", bot?.bot.token ?? "")
        }
        return await core.post(body, to: url, signature: signature ?? ViberCore.signature(of: body, token: token))
    }
}
