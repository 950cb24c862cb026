import Synchronization

/// Chats that got another id while this process runs (`migrate_to_chat_id`): what is sent to the old one goes to the new one.
final class TelegramMoves: Sendable {
    private static let limit = 10_000
    private let moves = Mutex<[Int64: Int64]>([:])

    func note(from old: Int64, to new: Int64) {
        guard old != new else { return }
        moves.withLock { moves in
            if moves.count >= Self.limit { moves.removeAll() }
            moves[old] = new
        }
    }

    func current(_ chat: Int64) -> Int64 { moves.withLock { $0[chat] } ?? chat }
}
