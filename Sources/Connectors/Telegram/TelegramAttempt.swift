import ConnectorKit
import Domain
import JSON

/// One part on its way: the call that sends it now, and what is changed about it after a refusal that leaves another way.
/// Pure; a call follows another only where the one before was certainly not taken.
struct TelegramAttempt: Sendable, Equatable {
    let part: OutgoingPart
    /// The stored file of a media part.
    let file: OutgoingFile?
    var chat: Int64
    private var forwards: Bool
    private var replies: Bool
    private var marks = true
    private var refers = true
    private var asDocument = false

    init(_ part: OutgoingPart, file: OutgoingFile?) throws(TelegramUnsendable) {
        self.part = part
        self.file = file
        chat = try TelegramOutgoing.chat(part.chat)
        // A forwarded message carries neither keyboard nor reply: then it is copied.
        forwards = part.forward != nil && part.keyboard == nil && part.replyTo == nil
        replies = TelegramOutgoing.replyTarget(part.replyTo) != nil
        if case .media(.image, _) = part.content, let file {
            asDocument =
                file.size > TelegramMediaMethod.largestPhoto
                || !TelegramMediaMethod.isPhoto(width: file.width, height: file.height)
        }
    }

    var mediaMethod: TelegramMediaMethod? {
        guard case .media(let kind, _) = part.content else { return nil }
        return asDocument ? .document : .of(kind)
    }

    /// What the file was sent by; nil where it is uploaded.
    var reference: String? { refers ? mediaMethod.flatMap { file?.references[$0.name] } : nil }

    /// Throws where nothing can be sent; the reason is for the agent.
    func call() throws(TelegramUnsendable) -> TelegramCall {
        if forwards, let forward = part.forward, let call = TelegramOutgoing.forward(forward, to: chat) { return call }
        return try TelegramOutgoing.call(
            for: part, to: chat, file: file, method: mediaMethod, reference: reference, marks: marks,
            replyTo: replyTarget)
    }

    /// What the call answers; nil where nothing, or no more.
    var replyTarget: Int64? { replies ? TelegramOutgoing.replyTarget(part.replyTo) : nil }

    /// Whether there is another way to send it; the digest's table of errors (section 7) says which.
    mutating func amend(after error: TelegramError) -> Bool {
        guard error.code == 400 else { return false }
        if let chat = error.migrateTo {
            let isNew = chat != self.chat
            self.chat = chat
            return isNew
        }
        if forwards {
            forwards = !isCopyable
            return isCopyable
        }
        if replies, TelegramRefusals.isReplyGone(error) {
            replies = false
            return true
        }
        if marks, hasMarks, TelegramRefusals.isEntityProblem(error) {
            marks = false
            return true
        }
        if reference != nil, TelegramRefusals.isDeadReference(error) {
            refers = false
            return true
        }
        if case .media(.image, _) = part.content, !asDocument, TelegramRefusals.isNoPhoto(error) {
            asDocument = true
            return true
        }
        return false
    }

    /// What Telegram does not forward (gone, protected) can still be said anew.
    private var isCopyable: Bool {
        switch part.content {
        case .text, .contact, .location: true
        case .media: file != nil
        case .template, .callback, .system, .unsupported: false
        }
    }

    private var hasMarks: Bool {
        guard case .text(let text) = part.content else { return false }
        return !text.entities.isEmpty
    }
}

/// Why a part cannot be sent at all.
struct TelegramUnsendable: Error, Equatable {
    var reason: Reason

    init(_ code: String, _ text: String) { reason = Reason(code: code, text: text) }
}
