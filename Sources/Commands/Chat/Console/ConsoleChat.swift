import AgentClient
import Domain
import JSON
import Terminal

/// What a console knows: the chat that it shows, and the agent's other open ones. Events in, lines to print out.
struct ConsoleChat: Sendable {
    /// The interaction object as it is now.
    private(set) var chat: JSONValue
    private(set) var agent: String
    /// The last message that was shown: what comes again after a reconnect is not shown twice.
    private(set) var lastSeq: Int64 = 0
    private var messages: [Int64: Known] = [:]

    private struct Known {
        var id: String
        var isOwn: Bool
    }

    private var isTyping = false
    /// The agent's open chats by id.
    private(set) var open: [String: JSONValue] = [:]

    /// Messages whose ids are remembered, so that they can be named by their numbers.
    private static let capacity = 1000

    init(chat: JSONValue, hello: JSONValue) {
        self.chat = chat
        agent = hello["agent"]?.string ?? ""
        for chat in hello["interactions"]?.array ?? [] { note(chat) }
        note(chat)
    }

    var id: String { chat["id"]?.string ?? "" }
    var account: String { chat["account"]?.string ?? "" }
    var version: JSONValue? { chat["version"] }
    private var state: String { chat["state"]?.string ?? "" }
    var isMine: Bool { state == "active" && chat["agent"]?.string == agent }
    var isClosed: Bool { state == "closed" }

    /// The number of a message by its id, where it was shown.
    func seq(of id: String) -> Int64? { messages.first { $0.value.id == id }?.key }

    // MARK: what happens

    /// What a person is shown of an event; nil where it is of no interest here.
    mutating func take(_ event: AgentEvent) -> StyledLine? {
        if event.type.hasPrefix("interaction."), event.type != "interaction.updated" || event.interaction == id {
            note(event.data)
        }
        guard event.interaction == id else { return elsewhere(event) }
        switch event.type {
        case "message.created": return created(event.data)
        case "typing":
            isTyping = event.data["on"]?.bool == true
            return nil
        // A press is a message too, and was shown as one.
        case "interaction.updated", "callback.received",
            "file.updated" where event.data["state"]?.string == "pending":
            return nil
        default: return stamped(event.at, line(of: event))
        }
    }

    /// Statuses on the way to the messenger say nothing to an agent, nor that a customer's message was read here.
    private func line(of event: AgentEvent) -> StyledLine? {
        if event.type == "message.status" {
            let isPassing = ["queued", "sending", "accepted"].contains(event.data["state"]?.string ?? "")
            let isOwn = event.data["seq"]?.int64.flatMap { messages[$0] }?.isOwn ?? true
            if isPassing || !isOwn { return nil }
        }
        return EventLine(event).line { id, seq in seq.isEmpty ? number(of: id) : "#\(seq)" }
    }

    private func number(of id: String) -> String {
        seq(of: id).map { "#\($0)" } ?? "message \(id)"
    }

    /// A refusal in the words of the console, where messages have numbers and the agent has no methods to call.
    func named(_ error: EralinkError) -> EralinkError {
        var error = error
        for (seq, known) in messages {
            error.message = error.message.replacing("message \(known.id)", with: "#\(seq)")
        }
        if let external = chat["customer"]?["external_id"]?.string {
            error.message = error.message.replacing(
                "start a new one with interaction.start",
                with: "\"eralink chat --account \(account) --to \(external)\" begins a new one")
        }
        return error
    }

    private mutating func created(_ message: JSONValue) -> StyledLine? {
        guard let seq = message["seq"]?.int64, seq > lastSeq else { return nil }
        isTyping = false
        return shown(message)
    }

    /// A message of the history, or a new one: remembered by its number.
    mutating func shown(_ message: JSONValue) -> StyledLine {
        let seq = message["seq"]?.int64 ?? 0
        lastSeq = max(lastSeq, seq)
        messages[seq] = message["id"]?.string.map {
            Known(id: $0, isOwn: message["direction"]?.string == "out")
        }
        if messages.count > Self.capacity { messages = messages.filter { $0.key > lastSeq - Int64(Self.capacity / 2) } }
        var line = stamped(message["at"]?.string ?? "", StyledLine("#\(seq) ", .grey)) ?? ""
        line.append(MessageLine(message).line)
        let state = message["state"]?.string ?? ""
        if message["direction"]?.string == "out", !["accepted", "queued", "sending"].contains(state) {
            line.append("  \(state)", MessageLine.colour(ofState: state))
        }
        return line
    }

    private func stamped(_ at: String, _ line: StyledLine?) -> StyledLine? {
        guard let line else { return nil }
        var result = StyledLine("\(TailRow.clock(at).prefix(8)) ", .grey)
        result.append(line)
        return result
    }

    /// Of the agent's other chats only what a customer does, in short.
    private func elsewhere(_ event: AgentEvent) -> StyledLine? {
        if event.type == "account.updated" || event.type == "draining" { return line(of: event) }
        guard let other = event.interaction else { return nil }
        if event.type == "interaction.created", let customer = event.data["customer"]?["id"],
            customer == chat["customer"]?["id"]
        {
            let name = EventLine.name(ofCustomerIn: event.data) ?? "the customer"
            return StyledLine("\(name) is in a new chat, \(event.data["state"]?.string ?? "")  (/chat \(other))", .cyan)
        }
        guard let chat = open[other] else { return nil }
        switch event.type {
        case "message.created" where event.data["direction"]?.string == "in":
            var line = StyledLine("chat #\(other) \(EventLine.name(ofCustomerIn: chat) ?? "") ", .cyan)
            line.append(MessageLine(event.data).line)
            line.append("  (/chat \(other))", .grey)
            return line
        case "interaction.accepted", "interaction.transferred":
            return StyledLine("chat #\(other) is yours now: \(EventLine.summary(ofChat: event.data))", .cyan)
        default: return nil
        }
    }

    /// The interaction as an answer gave it.
    mutating func become(_ chat: JSONValue) {
        guard chat["id"]?.string == id else { return }
        note(chat)
    }

    /// Another chat is shown from now on.
    mutating func goOver(to other: JSONValue) {
        chat = other
        lastSeq = 0
        messages = [:]
        isTyping = false
        note(other)
    }

    private mutating func note(_ other: JSONValue) {
        guard let otherID = other["id"]?.string else { return }
        let isOpen = other["state"]?.string == "active" && other["agent"]?.string == agent
        open[otherID] = isOpen ? other : nil
        // An event of before the answer that is known already must not put the version back.
        if otherID == id, (other["version"]?.int64 ?? 0) >= (chat["version"]?.int64 ?? 0) { chat = other }
    }

    // MARK: what is seen of it

    var prompt: String {
        let name = Escaping.visible(EventLine.name(ofCustomerIn: chat) ?? "#\(id)").simplyDrawn.cut(toColumns: 24)
        let mark =
            switch state {
            case "active" where isMine: ""
            case "active": " (\(chat["agent"]?.string ?? "another agent"))"
            default: " (\(state))"
            }
        return "\(name)\(mark)\(isTyping ? " …" : "")> "
    }

    /// What a person is told first of a chat.
    var heading: StyledLine {
        var line = StyledLine("chat #\(id) ", .magenta)
        let customer = chat["customer"]
        let phone = customer?["phone"]?.string
        let username = customer?["username"]?.string.map { "@\($0)" }
        let who = [EventLine.name(ofCustomerIn: chat), username, phone].compactMap(\.self).joined(separator: " ")
        line.append("\(who) on \(account), \(state)")
        if customer?["blocked"]?.bool == true { line.append(", has blocked you", .red) }
        switch state {
        case "active" where isMine: break
        case "closed": line.append("; the customer's next message opens a new chat", .grey)
        case "waiting": line.append("; /accept takes it", .grey)
        default: line.append(" with \(chat["agent"]?.string ?? "another agent")", .yellow)
        }
        return line
    }

    /// A line for each of the agent's open chats.
    var list: [StyledLine] {
        if open.isEmpty { return [StyledLine("you have no open chats", .grey)] }
        return open.keys.sorted { ($0.count, $0) < ($1.count, $1) }.map { key in
            var line = StyledLine(key == id ? "* " : "  ", .cyan)
            line.append("#\(key) ", .cyan)
            line.append(open[key].map(EventLine.summary) ?? "")
            return line
        }
    }
}

extension String {
    /// With one scalar for an emoji of several: terminals and libedit do not agree on the width of those, and the prompt stands
    /// on the line where the cursor is reckoned.
    fileprivate var simplyDrawn: String {
        String(
            String.UnicodeScalarView(
                flatMap { character -> [Unicode.Scalar] in
                    let scalars = Array(character.unicodeScalars)
                    let isEmoji = scalars.contains {
                        $0.value == 0x200D || $0.value == 0xFE0F || $0.properties.isEmojiModifier
                    }
                    return isEmoji ? Array(scalars.prefix(1)) : scalars
                }))
    }
}
