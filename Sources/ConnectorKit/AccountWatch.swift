import Domain
import Synchronization

/// The account as the routes of a connector see it: looked up anew every two seconds, and as it was where the database is away.
package final class AccountWatch: Sendable {
    /// What the routes need of an account.
    package struct Served: Sendable {
        package var account: ConnectorAccount
        /// The path component that only the messenger knows.
        package var webhookSecret: String
        /// Nil where the messenger does not push.
        package var receiver: (any WebhookReceiver)?

        package init(account: ConnectorAccount, webhookSecret: String, receiver: (any WebhookReceiver)?) {
            self.account = account
            self.webhookSecret = webhookSecret
            self.receiver = receiver
        }
    }

    private static let lifetime = Duration.seconds(2)

    private let load: @Sendable () async throws(EralinkError) -> Served
    private let known = Mutex<(served: Served, at: ContinuousClock.Instant)?>(nil)

    package init(_ load: @escaping @Sendable () async throws(EralinkError) -> Served) { self.load = load }

    /// Throws `not_found` where the account was removed, `unavailable` where it was never seen and the database is away.
    package func current() async throws(EralinkError) -> Served {
        let (fresh, old) = known.withLock { known in
            (known.flatMap { $0.at + Self.lifetime > .now ? $0.served : nil }, known?.served)
        }
        if let fresh { return fresh }
        do throws(EralinkError) {
            let served = try await load()
            known.withLock { $0 = (served, .now) }
            return served
        } catch {
            guard let old, error.code == .unavailable else { throw error }
            return old
        }
    }
}
