import ConnectorKit
import Domain
import JSON

/// Parts that go out together by `sendMediaGroup`. Pure.
struct TelegramAlbum: Sendable {
    /// At most ten items (providers' digest, section 5).
    static let limit = 10

    let attempts: [TelegramAttempt]

    /// Photos and videos may stand together; documents and audio only among their like.
    static func mayStandTogether(_ parts: [OutgoingPart]) -> Bool {
        guard (2...limit).contains(parts.count), let first = parts.first, first.group != nil,
            parts.allSatisfy({ $0.group == first.group && $0.chat == first.chat }),
            // An album has no keyboard, and answers one message as a whole.
            parts.allSatisfy({ $0.keyboard == nil && $0.forward == nil }),
            parts.dropFirst().allSatisfy({ $0.replyTo == nil || $0.replyTo == first.replyTo })
        else { return false }
        let families = Set(parts.map { family(of: $0.content) })
        return families.count == 1 && families.first != .some(nil)
    }

    private static func family(of content: Content) -> String? {
        switch content {
        case .media(.image, _), .media(.video, _): "picture"
        case .media(.document, _): "document"
        case .media(.audio, _): "audio"
        default: nil
        }
    }

    /// Nil where the files do not allow it: a picture that must go as a document, or more bytes than one request takes.
    init?(_ attempts: [TelegramAttempt]) {
        let isMixed =
            attempts.contains { $0.mediaMethod == .document } && attempts.contains { $0.mediaMethod != .document }
        let uploaded = attempts.filter { $0.reference == nil }.reduce(Int64(0)) { $0 + ($1.file?.size ?? 0) }
        guard !isMixed, uploaded <= TelegramMediaMethod.largestUpload, attempts.allSatisfy({ $0.file != nil }) else {
            return nil
        }
        self.attempts = attempts
    }

    func call() throws(TelegramUnsendable) -> TelegramCall {
        guard let first = attempts.first else { throw TelegramUnsendable("unsupported", "an album needs files") }
        var call = TelegramCall("sendMediaGroup")
        call.value("chat_id", first.chat)
        var items: [[UInt8]] = []
        for (index, attempt) in attempts.enumerated() {
            guard case .media(_, let media) = attempt.part.content, let file = attempt.file,
                let method = attempt.mediaMethod
            else { throw TelegramUnsendable("unsupported", "an album holds only files") }
            var members: [(String, [UInt8])] = [("type", JSONWriter.bytes(of: method.name))]
            if let reference = attempt.reference {
                members.append(("media", JSONWriter.bytes(of: reference)))
            } else {
                try TelegramOutgoing.check(file, method)
                members.append(("media", JSONWriter.bytes(of: "attach://file\(index + 1)")))
                call.upload(file, as: "file\(index + 1)")
            }
            try TelegramOutgoing.addDetails(of: media, file, method) { members.append(($0, $1.json)) }
            items.append(JSONWriter.object { writer in for (name, json) in members { writer.rawMember(name, json) } })
        }
        var media = JSONWriter()
        media.array { writer in for item in items { writer.raw(item) } }
        call.json("media", media.bytes)
        call.json("reply_parameters", TelegramOutgoing.replyParameters(first.replyTarget))
        return call
    }

    /// What an answer means for each part; nil where nothing of the album went out and each is better sent by itself.
    ///
    /// The failure of one item fails the call, and what had gone out before it may stand in the chat all the same.
    static func outcomes(of answer: TelegramAnswer, body: [UInt8], count: Int) -> [SendOutcome]? {
        switch answer {
        case .result(let range):
            let bytes = Array(body[range])
            let elements = (try? JSONSplitter.elements(of: bytes)) ?? []
            return (0..<count).map { index in
                index < elements.count
                    ? TelegramVerdict.sent(bytes[elements[index]]) : .ambiguous(TelegramVerdict.unnumbered)
            }
        case .error(let error) where error.code == 400 || error.code == 413:
            guard let failed = failedItem(error), failed <= count else { return nil }
            let verdict = TelegramVerdict.outcome(of: answer, body: body)
            let reason = TelegramVerdict.reason("provider_error", error.text)
            return (1...count).map { $0 < failed ? .ambiguous(reason) : $0 == failed ? verdict : .notTaken(reason) }
        case .unreadable(413, _): return nil
        default:
            return Array(repeating: TelegramVerdict.outcome(of: answer, body: body), count: count)
        }
    }

    /// `failed to send message #2 with the error message "..."`; counted from 1.
    static func failedItem(_ error: TelegramError) -> Int? {
        guard let range = error.description.firstRange(of: "message #") else { return nil }
        return Int(error.description[range.upperBound...].prefix { $0.isNumber }).flatMap { $0 > 0 ? $0 : nil }
    }
}
