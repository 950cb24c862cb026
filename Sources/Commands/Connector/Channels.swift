import ConnectorKit
import Domain
import HTTPFetch
import Logging
import Telegram
import Viber

/// The connectors that this binary has: the one list of them.
enum Channels {
    /// What an account's channel can do; nil where there is no connector for its kind.
    static func capabilities(_ kind: AccountKind, _ settings: [String: String]) -> Capabilities? {
        switch kind {
        case .telegram: TelegramCapabilities.make(settings: settings)
        case .viber: ViberCapabilities.make(settings: settings)
        case .vk, .ok, .whatsappInfobip, .whatsappMfms: nil
        }
    }

    static func unsupported(_ kind: AccountKind) -> EralinkError {
        EralinkError(
            .unsupported, "this version has no connector for \(kind.rawValue)", details: [.init("kind", kind.rawValue)])
    }

    /// What reads the webhooks of the account's messenger; nil where that does not push.
    static func receiver(_ account: ConnectorAccount) -> (any WebhookReceiver)? {
        switch account.kind {
        case .viber: ViberReceiver(account: account)
        case .telegram, .vk, .ok, .whatsappInfobip, .whatsappMfms: nil
        }
    }

    /// A connector of the account, with connections of its own. Throws `unsupported` where there is none for its kind.
    static func make(
        _ account: ConnectorAccount, _ files: any OutgoingFiles, _ client: Settings.Client, _ logger: Logger
    ) throws(EralinkError) -> ConnectorInstance {
        switch account.kind {
        case .telegram:
            // Long polls and sends on different loops, so that neither holds up the other.
            let polls = HTTPFetcher(client.fetching("polls", connections: 4))
            let sends = HTTPFetcher(client.fetching("sends", connections: 256))
            var settings = TelegramConnector.Settings()
            settings.sendTimeout = AttemptTiming.sendTimeout
            return ConnectorInstance(
                connector: TelegramConnector(
                    account: account, polls: polls, sends: sends, files: files, settings: settings, logger: logger),
                rate: Int(TelegramCapabilities.rate(account.settings).rounded(.up)),
                ratePerChat: Int(TelegramCapabilities.ratePerChat(account.settings).rounded(.up)),
                burstPerChat: TelegramCapabilities.burstPerChat
            ) {
                await polls.close()
                await sends.close()
            }
        case .viber:
            // What customers send comes from addresses that are named from outside: on a loop of its own.
            let calls = HTTPFetcher(client.fetching("sends", connections: 256))
            let media = HTTPFetcher(client.fetching("media", connections: 8))
            return ConnectorInstance(
                connector: ViberConnector(account: account, calls: calls, media: media, files: files, logger: logger),
                rate: Int(ViberCapabilities.rate(account.settings).rounded(.up)),
                ratePerChat: Int(ViberCapabilities.ratePerChat(account.settings).rounded(.up)),
                burstPerChat: ViberCapabilities.burstPerChat
            ) {
                await calls.close()
                await media.close()
            }
        case .vk, .ok, .whatsappInfobip, .whatsappMfms: throw unsupported(account.kind)
        }
    }
}

extension Settings.Client {
    func fetching(_ name: String, connections: Int) -> HTTPFetchConfiguration {
        var configuration = HTTPFetchConfiguration(name: name)
        configuration.proxy = proxy?.value
        configuration.caFile = caFile
        configuration.maxConnectionsPerHost = connections
        configuration.maxTransfers = connections
        return configuration
    }
}
