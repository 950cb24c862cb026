extension TelegramMethod {
    /// Methods that exist and that the simulator has not: it says so and counts it, and never pretends.
    ///
    /// This is the place to extend: all that sends goes through `TelegramWorld.prepareSend` and `TelegramWorld.send`.
    static let notSimulated: [String: TelegramMethod] = {
        let names = [
            "sendPoll", "sendDice", "sendPaidMedia", "sendGame", "sendInvoice", "sendChecklist", "sendMessageDraft",
            "forwardMessages", "copyMessages", "editMessageMedia",
            "editMessageLiveLocation", "stopMessageLiveLocation", "stopPoll",
            "setMyCommands", "getMyCommands", "deleteMyCommands", "setMyName", "getMyName", "setMyDescription",
            "getMyDescription", "setMyShortDescription", "getMyShortDescription", "logOut", "close", "leaveChat",
            "getChatMember", "getChatAdministrators", "getChatMemberCount", "banChatMember", "unbanChatMember",
            "restrictChatMember", "promoteChatMember", "pinChatMessage", "unpinChatMessage", "unpinAllChatMessages",
            "setChatTitle", "setChatDescription", "setChatPhoto", "deleteChatPhoto", "setChatMenuButton",
            "getChatMenuButton", "answerInlineQuery", "answerShippingQuery", "answerPreCheckoutQuery",
        ]
        let methods = names.map { name in
            let method = TelegramMethod(nil) { (world, call) throws(TelegramFailure) in
                world.report(.notSimulated, call, name)
                throw TelegramFailure.bad("\"\(name)\" is not simulated yet")
            }
            return (name.lowercased(), method)
        }
        return Dictionary(methods) { first, _ in first }
    }()
}
