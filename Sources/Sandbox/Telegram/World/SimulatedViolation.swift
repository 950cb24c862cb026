/// Something a bot did that a real one should not do, whether or not Telegram answers it with an error.
package struct SimulatedViolation: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A parameter that the method does not have: Telegram ignores it, so a typing mistake stays unseen.
        case unknownParameter
        /// A JSON null, which reaches the method as the text "null".
        case nullParameter
        /// A number, flag or chat that is none: Telegram reads 0 or false.
        case wrongType
        /// `attach://` a part that is not in the form.
        case badAttachment
        /// Buttons that Telegram drops without a word: too many of them, or one without a text.
        case lostButtons
        /// A name that came twice with different values.
        case repeatedParameter
        /// A body that broke off or was no JSON.
        case brokenBody
        /// An answer of 400 that is the caller's fault.
        case badRequest
        /// More than the rates allow.
        case overRate
        /// A send before the seconds of an earlier 429 were over.
        case tooEarly
        /// getUpdates while another one waits, or while a webhook is set.
        case conflict
        /// Messages of customers thrown away by `drop_pending_updates`.
        case droppedUpdates
        case unknownMethod
        /// A part of the Bot API that the simulator has not; the answer says so.
        case notSimulated
        /// A send to a chat after 403 told that it is closed.
        case sentToBlocked
    }

    package var kind: Kind
    package var bot: Int64
    package var method: String
    package var detail: String
    /// The number of the call.
    package var request: UInt64
}

/// The last violations, and the exact number of each kind.
struct ViolationLog {
    static let kept = 1000
    private(set) var last: [SimulatedViolation] = []
    private(set) var counts: [SimulatedViolation.Kind: Int] = [:]

    mutating func add(_ violation: SimulatedViolation) {
        counts[violation.kind, default: 0] += 1
        last.append(violation)
        if last.count >= Self.kept * 2 { last.removeFirst(Self.kept) }
    }
}
