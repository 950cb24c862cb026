import ArgumentParser
import ConnectorKit
import Domain
import JSON
import Store

struct AccountCheck: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Ask the messenger whether an account works, and who it is there.",
        discussion: """
            Says what the messenger says of it. A webhook that somebody set for a Telegram bot is removed by that; Viber's is \
            left as it is, and shown.
            """)

    static let examples = [
        CommandExample("eralink account check support", "who is it at the messenger"),
        CommandExample("eralink account check support -o json", "for programs"),
        CommandExample("eralink account check support -q || eralink account show support", "as a condition"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let account = try await context.withStore { try await $0.account(name) }
        let secrets = try AccountSecrets(
            opening: account.sealedSecret, of: account.name, with: try context.secretBox())
        let instance = try Channels.make(
            ConnectorAccount(
                id: account.id, name: account.name, kind: account.kind, apiURL: account.apiURL, token: secrets.token,
                settings: account.settings, webhookSecret: Domain.Secret(account.webhookSecret)), NoFiles(),
            context.settings.client, context.logger("check"))
        let result: Result<MessengerIdentity, ConnectorFailure>
        do throws(ConnectorFailure) {
            result = .success(try await instance.connector.check())
        } catch {
            result = .failure(error)
        }
        await instance.close()
        switch result {
        case .success(let identity): try context.output.object(CheckRow(account: account, identity: identity))
        case .failure(let failure): throw failure.error(on: account)
        }
    }
}

extension ConnectorFailure {
    fileprivate func error(on account: AccountRecord) -> EralinkError {
        let details = [EralinkError.Detail("account", account.name)]
        return switch kind {
        case .unavailable: EralinkError(.unavailable, message, details: details)
        case .throttled(let wait):
            EralinkError(
                .rateLimited, message, retryAfterMilliseconds: Int(max(wait, .zero) / .milliseconds(1)),
                details: details)
        case .refused: EralinkError(.providerError, message, retryable: false, details: details)
        case .conflict: EralinkError(.conflict, message, details: details)
        }
    }
}

private struct CheckRow: OutputRow {
    let account: AccountRecord
    let identity: MessengerIdentity

    static let columns = [
        OutputColumn<Self>("account") { $0.account.name }, OutputColumn("kind") { $0.account.kind.rawValue },
        OutputColumn("external_id") { $0.identity.externalID }, OutputColumn("name") { $0.identity.name },
        OutputColumn("facts") { $0.facts.map { "\($0.key)=\($0.value)" }.joined(separator: " ") },
    ]

    private var facts: [(key: String, value: String)] { identity.facts.sorted { $0.key < $1.key } }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", account.name)
            $0.member("kind", account.kind.rawValue)
            $0.member("external_id", identity.externalID)
            $0.member("name", identity.name)
            $0.object("facts") { for (key, value) in facts { $0.member(key, value) } }
        }
    }
}
