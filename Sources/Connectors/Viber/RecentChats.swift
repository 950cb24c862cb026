/// Something to remember of the chats that were used last, as many as fit: what is forgotten costs comfort, never a message.
struct RecentChats<Value> {
    private let capacity: Int
    private var young: [String: Value] = [:]
    private var old: [String: Value] = [:]

    init(capacity: Int = 10_000) { self.capacity = capacity }

    subscript(chat: String) -> Value? {
        get { young[chat] ?? old[chat] }
        set {
            old[chat] = nil
            young[chat] = newValue
            guard young.count > capacity / 2 else { return }
            old = young
            young = [:]
        }
    }
}
