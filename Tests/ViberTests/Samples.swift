import ConnectorKit
import Domain
import HTTPFetch
import Logging
import TestSupport

@testable import Viber

/// The bot of the tables.
enum Bot {
    static let token = "4f1d2c3b5a697887-a0b1c2d3e4f50617-8899aabbccddeeff"
    static let webhookSecret = "QmVob2xkLWEtc2VjcmV0"
    static let signature = ViberSignature(token: Secret(token))
    static let chat = "Q8kM1xgkPzVbN0yTq2mWcA=="
    static let now = Timestamp(seconds: 1_764_000_012)

    static func account(
        at url: String, settings: [String: String] = ["public_url": "https://gw.example.org", "sender.name": "Мост"]
    ) -> ConnectorAccount {
        ConnectorAccount(
            id: AccountID(1), name: "support", kind: .viber, apiURL: url, token: Secret(token), settings: settings,
            webhookSecret: Secret(webhookSecret))
    }

    static func make(
        _ bench: ConnectorTable.Bench, settings: [String: String]? = nil
    ) -> ViberConnector {
        var times = ViberConnector.Settings()
        times.now = { Bot.now }
        times.jitter = { 0.5 }
        times.checkPeriod = .milliseconds(1)
        times.registerPause = .zero
        let account = settings.map { Self.account(at: bench.url, settings: $0) } ?? Self.account(at: bench.url)
        return ViberConnector(
            account: account, calls: bench.fetcher(), media: bench.fetcher(), files: bench.files, settings: times,
            logger: bench.logger)
    }

    static let table = ConnectorTable(secrets: [token, webhookSecret]) { make($0) }

    static func part(
        _ content: Content, number: Int = 1, keyboard: Keyboard? = nil, replyTo: String? = nil
    ) -> OutgoingPart {
        OutgoingPart(
            message: MessageID(1042), number: number, chat: chat, content: content, keyboard: keyboard,
            replyTo: replyTo, lane: .live)
    }

    static func text(_ text: String, keyboard: Keyboard? = nil) -> OutgoingRow.Given {
        .part(part(.text(TextContent(text: text)), keyboard: keyboard))
    }

    /// A call of the API and its answer.
    static func call(_ method: String, _ json: String, _ answer: TableExchange.Answer) -> TableExchange {
        TableExchange(
            "POST", "/pa/\(method)",
            headers: ["X-Viber-Auth-Token": "<secret>", "Content-Type": "application/json"], body: .json(json),
            answer: answer)
    }

    static let taken = TableExchange.Answer.json(
        #"{"status":0,"status_message":"ok","message_token":5741311803571730041,"chat_hostname":"SN-CHAT-05_"}"#)

    static func refused(_ status: Int, _ words: String = "words of Viber") -> TableExchange.Answer {
        .json(#"{"status":\#(status),"status_message":"\#(words)"}"#)
    }

    /// `send_message` to the customer with these members beside the usual ones.
    static func send(_ members: String, _ answer: TableExchange.Answer = taken) -> TableExchange {
        call("send_message", #"{"receiver":"\#(chat)","sender":{"name":"Мост"},\#(members)}"#, answer)
    }
}
