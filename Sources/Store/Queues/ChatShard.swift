import Domain

/// The inbox's shard of a chat: the same in whatever process (FNV-1a over account and chat).
enum ChatShard {
    static let count = 64

    static func of(_ account: AccountID, _ chat: String) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(account)/\(chat)".utf8 {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01b3
        }
        return Int(hash >> 32) & (count - 1)
    }
}
