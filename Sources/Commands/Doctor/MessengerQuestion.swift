import ConnectorKit
import Domain
import Store

/// Asks one account's messenger who we are there, as `account check` does, reads its clock, and looks at our own webhook from
/// outside where it pushes. Changes nothing there.
struct MessengerQuestion: Sendable {
    private static let patience = Duration.seconds(6)

    private let account: AccountRecord
    private let box: SecretBox
    private let context: CommandContext

    init(_ account: AccountRecord, _ box: SecretBox, _ context: CommandContext) {
        self.account = account
        self.box = box
        self.context = context
    }

    /// Whether accounts of the kind fetch what customers write, by long polls.
    static func polls(_ kind: AccountKind) -> Bool { kind == .telegram || kind == .vk }

    func diagnoses() async -> [Diagnosis] {
        let secrets: AccountSecrets
        let instance: ConnectorInstance
        do throws(EralinkError) {
            secrets = try AccountSecrets(opening: account.sealedSecret, of: account.name, with: box)
            instance = try Channels.make(
                ConnectorAccount(
                    id: account.id, name: account.name, kind: account.kind, apiURL: account.apiURL,
                    token: secrets.token, settings: account.settings,
                    webhookSecret: Domain.Secret(account.webhookSecret)), NoFiles(),
                context.settings.client, context.logger("doctor"))
        } catch {
            // A key that does not open it has a check of its own.
            return error.code == .unsupported
                ? [.warning("messenger \(account.name)", error.message, "install a newer eralink")] : []
        }
        let pushes = instance.connector is any WebhookReceiver
        let asker = WebQuestion(client: context.settings.client)
        async let clock = clock(asker)
        async let reach = pushes ? reach(asker) : nil
        let result = await identity(instance.connector)
        var found = MessengerCheck.judge(
            MessengerCheck.Facts(
                account: account.name, result: result, pushes: pushes, webhookURL: webhookURL, reach: await reach))
        if let clock = await clock { found.append(clock) }
        await asker.close()
        await instance.close()
        return found
    }

    private var webhookURL: String? { AccountDetails(account).webhookURL }

    private func identity(_ connector: any MessengerConnector) async -> Result<MessengerIdentity, ConnectorFailure> {
        await withTaskGroup(of: Result<MessengerIdentity, ConnectorFailure>.self) { group in
            group.addTask {
                do throws(ConnectorFailure) {
                    return .success(try await connector.check())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return .failure(ConnectorFailure(.unavailable, "the messenger does not answer within 6 s"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(ConnectorFailure(.unavailable, "not asked"))
        }
    }

    /// Nil where its clock goes with ours, or is not told.
    private func clock(_ asker: WebQuestion) async -> Diagnosis? {
        guard let date = await asker.date(of: account.apiURL, now: context.now) else { return nil }
        let judged = ClockCheck.judge(against: account.kind.rawValue, offset: date, blur: .seconds(2))
        return judged.level == .ok ? nil : judged
    }

    private func reach(_ asker: WebQuestion) async -> MessengerCheck.Reach? {
        guard let webhookURL else { return nil }
        return await asker.reach(webhookURL)
    }
}
