import Domain
import Store

/// Makes of a send the parts that the account's channel takes, before it is accepted (design.md, "Capabilities").
enum Admission {
    static func check(
        _ capabilities: @escaping @Sendable (AccountKind, [String: String]) -> Capabilities?
    ) -> AdmissionCheck {
        { account, draft throws(EralinkError) in
            do throws(ChannelRefusal) {
                guard let channel = capabilities(account.kind, account.settings) else {
                    throw .unsupported("send", "nothing can be sent over \(account.kind.rawValue) yet")
                }
                // The messenger forwards what it has already.
                if draft.forward != nil { return [draft.asItIs] }
                return try Adapter(channel, draft.adapt).parts(
                    of: draft.content, draft.keyboard, answered: draft.answered)
            } catch {
                throw EralinkError(error, account)
            }
        }
    }
}
