import JSON

/// Files that customers sent, and pictures of customers.
extension TelegramWorld {
    static let largestDownload = 20 << 20

    func getFile(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        guard call.parameters.has("file_id") else { throw .bad("file_id not specified") }
        let id = call.parameters["file_id"]
        guard let file = files[id], file.bot == call.bot.bot.id else { throw .bad("invalid file_id") }
        guard file.size <= Self.largestDownload else { throw .bad("file is too big") }
        let path = files.path(of: id, now: now)
        return .result(
            JSONWriter.object { writer in
                writer.member("file_id", file.id)
                writer.member("file_unique_id", file.uniqueID)
                writer.member("file_size", file.size)
                writer.optional("file_path", path)
            })
    }

    /// `GET /file/bot<token>/<path>`.
    func receiveFile(_ id: UInt64, token: Substring, path: String) {
        guard let bot = tokens[String(token)].flatMap({ bots[$0] }), !bot.isRevoked else {
            return answer(id, TelegramFailure(404, "").answer)
        }
        var parameters = RequestParameters()
        parameters.add("path", path)
        receive(TelegramCall(id: id, bot: bot, method: "file", parameters: parameters))
    }

    func download(_ call: TelegramCall) {
        guard let file = files.file(at: call.parameters["path"], now: now), file.bot == call.bot.bot.id else {
            return finish(call, TelegramFailure(404, "").answer)
        }
        finish(
            call, TelegramAnswer(status: 200, contentType: "application/octet-stream", body: file.content.bytes))
    }

    func getUserProfilePhotos(_ call: TelegramCall) throws(TelegramFailure) -> TelegramOutcome {
        guard let id = Int64(call.parameters["user_id"]), id > 0 else { throw .bad("invalid user_id specified") }
        guard customers[id] != nil || id == call.bot.bot.id else { throw .bad("user not found") }
        let all = keptPictures(of: id, for: call.bot.bot.id)
        let shown = all.dropFirst(call.parameters.integer("offset", in: 0...1000))
            .prefix(call.parameters.integer("limit", default: 100, in: 1...100))
        let sizes = shown.compactMap { files.members(of: $0).first?.json }
        return .result(
            JSONWriter.object { writer in
                writer.member("total_count", all.count)
                writer.array("photos") { writer in for size in sizes { writer.raw(size) } }
            })
    }
}
