import Domain
import JSON

/// The result of `capabilities.get`.
package struct CapabilitiesAnswer: Sendable, Equatable, JSONWritable {
    package struct Account: Sendable, Equatable {
        package var account: String
        package var channel: Channel
        package var provider: Provider
        package var capabilities: Capabilities

        package init(account: String, channel: Channel, provider: Provider, capabilities: Capabilities) {
            self.account = account
            self.channel = channel
            self.provider = provider
            self.capabilities = capabilities
        }
    }

    package var accounts: [Account]

    package init(accounts: [Account]) { self.accounts = accounts }

    /// Changes when anything else in the answer does.
    package var etag: String {
        let digest = JSONWriter.bytes(of: accounts).reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return String(digest, radix: 16)
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("etag", etag)
            $0.member("accounts", accounts)
        }
    }
}

extension CapabilitiesAnswer.Account: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", account)
            $0.member("channel", channel)
            $0.member("provider", provider)
            capabilities.writeMembers(to: &$0)
        }
    }
}

extension Capabilities.Support: JSONWritable {}
extension Capabilities.TextUnit: JSONWritable {}

extension Capabilities {
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.object("kinds") { writer in
            // In the contract's order: a dictionary's own changes from run to run, and with it the etag.
            for kind in MessageKind.allCases { writer.optional(kind.rawValue, kinds[kind]) }
        }
        writer.object("text") {
            $0.member("max", textMax)
            $0.member("unit", textUnit)
        }
        writer.object("keyboards") {
            $0.member("reply", keyboards.reply != nil)
            $0.member("inline", keyboards.inline != nil)
            $0.member("rows", keyboards.rows)
            $0.member("buttons", keyboards.buttons)
            $0.member("kinds", keyboards.kinds)
        }
        writer.member("edit", edit)
        writer.member("delete", delete)
        writer.member("max_age_s", maxAgeSeconds)
        writer.member("typing", typing)
        writer.member("read_mark", readMark)
        writer.member("delivered", delivered)
        writer.member("read", read)
        writer.object("start") {
            $0.member("external_id", startByExternalID)
            $0.member("phone", startByPhone)
        }
        writer.member("rate", rate)
        writer.member("window_hours", windowHours)
    }
}

extension Capabilities.Kind: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("send", send)
            $0.member("receive", receive)
            $0.member("mime", mime)
            $0.member("max_bytes", maxBytes)
            $0.member("caption_max", captionMax)
        }
    }
}
