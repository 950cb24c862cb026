import AgentClient
import JSON
import Terminal

/// An event of the agent API as one readable line (agent-api.md, "Events").
struct EventLine {
    let type: String
    let data: JSONValue

    init(_ event: AgentEvent) {
        type = event.type
        data = event.data
    }

    /// - Parameter name: how a message is called where an event names it by id and seq.
    func line(message name: (_ id: String, _ seq: String) -> String) -> StyledLine {
        let about = name(data["message"]?.string ?? data["id"]?.string ?? "", data["seq"]?.number?.text ?? "")
        switch type {
        case "message.created": return MessageLine(data).line
        case "message.edited":
            var line = StyledLine("\(about) edited ", .yellow)
            line.append(MessageLine(data).line)
            return line
        case "message.deleted": return StyledLine("\(about) deleted", .yellow)
        case "message.status": return status(about)
        case "message.reaction":
            let emojis = data["emojis"]?.array?.compactMap(\.string) ?? []
            return StyledLine("\(about) \(emojis.isEmpty ? "no reactions" : emojis.joined(separator: " "))", .green)
        case "callback.received": return StyledLine("← pressed \(data["data"]?.string ?? "")", .green)
        case "file.updated": return file
        case "account.updated": return account
        case "typing": return StyledLine(data["on"]?.bool == true ? "typing" : "typing no more", .grey)
        case "presence":
            let reason = data["reason"]?.string.map { " (\($0))" } ?? ""
            return StyledLine("\(data["agent"]?.string ?? "") is \(data["state"]?.string ?? "")\(reason)", .grey)
        case "customer.updated":
            return StyledLine("customer \(data["name"]?.string ?? data["external_id"]?.string ?? "") updated", .grey)
        case "draining": return StyledLine("the chat server is shutting down", .yellow)
        case _ where type.hasPrefix("interaction."):
            return StyledLine("\(type.dropFirst("interaction.".count)): \(Self.summary(ofChat: data))", .magenta)
        default: return StyledLine(type, .grey)
        }
    }

    private func status(_ about: String) -> StyledLine {
        let state = data["state"]?.string ?? ""
        let reason = data["reason"]?["text"]?.string.map { ": \($0)" } ?? ""
        var line = StyledLine("\(about) ", .grey)
        line.append("\(state)\(reason)", MessageLine.colour(ofState: state))
        return line
    }

    private var file: StyledLine {
        let name = data["name"]?.string ?? data["file"]?.string ?? ""
        let state = data["state"]?.string ?? ""
        let size = data["size"]?.int64.map { ", \(ByteSize.about($0))" } ?? ""
        let reason = data["reason"]?["text"]?.string.map { ": \($0)" } ?? ""
        return StyledLine("file \(name) \(state)\(size)\(reason)", state == "failed" ? .red : .grey)
    }

    private var account: StyledLine {
        let state = data["state"]?.string ?? ""
        let until = data["paused_until"]?.string.map { " until \($0)" } ?? ""
        let reason = data["reason"]?.string.map { ": \($0)" } ?? ""
        return StyledLine(
            "account \(data["account"]?.string ?? "") \(state)\(until)\(reason)", state == "active" ? .green : .red)
    }

    /// An interaction's account, state, agent and customer.
    static func summary(ofChat chat: JSONValue) -> String {
        let agent = chat["agent"]?.string.map { "of \($0)" }
        return [chat["account"]?.string, chat["state"]?.string, agent, name(ofCustomerIn: chat)].compactMap(\.self)
            .joined(separator: " ")
    }

    static func name(ofCustomerIn chat: JSONValue) -> String? {
        let customer = chat["customer"]
        return customer?["name"]?.string ?? customer?["username"]?.string ?? customer?["external_id"]?.string
    }
}
