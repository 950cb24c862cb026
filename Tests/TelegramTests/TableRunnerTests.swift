import ConnectorKit
import Domain
import HTTPFetch
import Logging
import TestSupport
import Testing

@Suite("The table runner of connectors")
struct TableRunnerTests {
    /// A connector that does what the test says when it sends.
    struct Puppet: MessengerConnector {
        var sending: @Sendable () async -> SendReport

        func open() async throws(ConnectorFailure) -> MessengerIdentity { throw ConnectorFailure(.refused, "") }
        func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch {
            PollBatch(items: [
                Inbound(
                    key: "1", chat: "5", event: .message(.init(externalID: "1", content: .text(.init(text: "a\0b")))))
            ])
        }
        func send(_ part: OutgoingPart) async -> SendReport { await sending() }
    }

    static let part: OutgoingRow.Given = .part(
        OutgoingPart(message: MessageID(1), number: 1, chat: "5", content: .text(.init(text: "a")), lane: .live))
    static let exchange = TableExchange("POST", "/<secret>/send", body: .json(#"{"a":1,"b":[2]}"#), answer: .json("{}"))

    /// The complaints about a connector that posts a body to a URL, the bench's own unless another is given.
    static func complaints(
        about row: OutgoingRow, url: String? = nil, body: String = #"{"b":[2],"a":1}"#, times: Int = 1,
        report: String = "", log: String = ""
    ) async -> [String] {
        let table = ConnectorTable(secrets: ["s3cret"]) { bench in
            let fetcher = bench.fetcher()
            return Puppet {
                for _ in 0..<times {
                    _ = try? await fetcher.fetch(
                        HTTPRequest(.post, url ?? "\(bench.url)/s3cret/send", body: .string(body)))
                }
                bench.logger.info("\(log)")
                return SendReport(outcome: .sent(externalID: "1"), request: report, response: nil)
            }
        }
        return await table.complaints(about: row)
    }

    static func row(_ exchanges: [TableExchange], _ expected: String = "sent 1") -> OutgoingRow {
        OutgoingRow("row", part, exchanges, expected)
    }

    @Test("has nothing to say about a row that holds")
    func holds() async {
        let complaints = await Self.complaints(about: Self.row([Self.exchange]))
        #expect(complaints == [])
    }

    @Test(
        "lets no request leave localhost, and tells of each that tried",
        arguments: ["http://example.org/a", "https://example.org/a", "http://127.0.0.2/a", "http://[::1]:1/a"])
    func leaving(_ url: String) async {
        let complaints = await Self.complaints(about: Self.row([]), url: url)
        #expect(complaints.count == 1 && complaints.first?.hasPrefix("a request was leaving localhost") == true)
    }

    @Test("tells of other requests, of missing ones and of more than there should be")
    func requests() async {
        #expect(await Self.complaints(about: Self.row([Self.exchange]), body: #"{"a":1,"b":[3]}"#).count == 1)
        #expect(await Self.complaints(about: Self.row([Self.exchange]), body: #"{"a":1,"b":[2],"c":null}"#).count == 1)
        #expect(await Self.complaints(about: Self.row([Self.exchange]), times: 0).count == 1)
        #expect(await Self.complaints(about: Self.row([Self.exchange]), times: 2).count == 1)
        #expect(await Self.complaints(about: Self.row([Self.exchange], "sent 2")).count == 1)
    }

    @Test("tells of a secret in a report or in the log, without telling the secret")
    func secrets() async {
        for (report, log) in [("POST /s3cret/send", ""), ("", "asked /s3cret/send")] {
            let complaints = await Self.complaints(about: Self.row([Self.exchange]), report: report, log: log)
            #expect(complaints.count == 1 && complaints.first?.contains("s3cret") == false)
        }
    }

    @Test("tells of what no database could keep")
    func unstorable() async {
        let table = ConnectorTable(secrets: [], poll: nil) { _ in
            Puppet { SendReport(outcome: .sent(externalID: ""), request: "", response: nil) }
        }
        let item = Inbound(
            key: "1", chat: "5", event: .message(.init(externalID: "1", content: .text(.init(text: "a\0b")))))
        let complaints = await table.complaints(about: IncomingRow("row", "", .item(item)))
        #expect(complaints.contains { $0.contains("U+0000") })
    }
}
