import ConnectorKit
import Domain
import Sandbox
import TestSupport
import Testing

@testable import Telegram

@Suite("Files that are fetched from Telegram")
struct DownloadTests {
    typealias T = TelegramTable

    static let asked: String = #"{"file_id":"D"}"#

    static func place(_ path: String = "documents/file 1_ё.pdf") -> TableExchange {
        T.call(
            "getFile", asked,
            .json(#"{"ok":true,"result":{"file_id":"D","file_unique_id":"uD","file_size":5,"file_path":"\#(path)"}}"#))
    }

    static func get(_ answer: TableExchange.Answer, _ path: String = "documents/file%201_%D1%91.pdf") -> TableExchange {
        TableExchange("GET", "/file/bot<secret>/\(path)", answer: answer)
    }

    static let bytes: [UInt8] = [0, 1, 2, 254, 255]
    static let whole: TableExchange.Answer = .reply(
        status: 200, headers: ["Content-Type": "application/octet-stream"], body: bytes)
    static let large: [UInt8] = Array(repeating: 7, count: 3_000_000)

    static let rows: [OutgoingRow] =
        [
            OutgoingRow("a file", .download("D"), [place(), get(whole)], "done - - 5"),
            OutgoingRow(
                "a file of 3 MB", .download("D"), [place(), get(.reply(status: 200, headers: [:], body: large))],
                "done - - 3000000"),
            OutgoingRow(
                "of a server of one's own, with an absolute path", .download("D"),
                [place("/var/lib/bot/photos/1.jpg"), get(whole, "var/lib/bot/photos/1.jpg")], "done - - 5"),
            OutgoingRow(
                "a place that is out of date is asked for again", .download("D"),
                [
                    place("a/old"),
                    get(.json(#"{"ok":false,"error_code":404,"description":"Not Found"}"#, status: 404), "a/old"),
                    place("a/new"), get(whole, "a/new"),
                ],
                "done - - 5"),
            OutgoingRow(
                "twice out of date", .download("D"),
                [place("a/old"), get(.html(404), "a/old"), place("a/old"), get(.html(404), "a/old")],
                "again unavailable"),
            OutgoingRow(
                "a body that breaks off", .download("D"),
                [place(), get(.cut(status: 200, body: large, after: 2_000_000))],
                "again unavailable"),
            OutgoingRow(
                "no answer, on a new connection either", .download("D"), [place(), get(.drop), get(.drop)],
                "again unavailable"),
            OutgoingRow("a busy server", .download("D"), [place(), get(.html(502))], "again provider_error"),
            OutgoingRow(
                "a server that asks to wait", .download("D"),
                [place(), get(.html(429, headers: ["Retry-After": "7"]))],
                "again provider_error 7"),
            OutgoingRow("a path that leads out", .download("D"), [place("../../etc/passwd")], "again provider_error"),
            OutgoingRow(
                "no path", .download("D"), [T.call("getFile", asked, .json(#"{"ok":true,"result":{"file_id":"D"}}"#))],
                "again provider_error"),
        ]
        + ([
            (T.error(400, "Bad Request: file is too big"), "gone too_large"),
            (T.error(400, "Bad Request: invalid file_id"), "gone invalid_file"),
            (T.error(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), "again unavailable"),
            (T.error(429, "Too Many Requests: retry after 9", #"{"retry_after":9}"#), "again throttled 9"),
            (T.error(401, "Unauthorized"), "again unauthorized 30"),
            (T.error(500, "Internal Server Error"), "again provider_error"),
            (.html(502), "again provider_error"), (.drop, "again unavailable"),
        ] as [(TableExchange.Answer, String)]).map { answer, outcome in
            OutgoingRow(
                "\(outcome) where getFile says \(answer)", .download("D"), [T.call("getFile", asked, answer)], outcome)
        }

    @Test("come whole, or it is told why not", arguments: rows)
    func download(_ row: OutgoingRow) async { await T.check(row) }

    @Test("that are larger than the account allows are given up", arguments: [false, true])
    func limit(_ isTold: Bool) async throws {
        try await Desk.with { desk in
            let photo = try desk.telegram.keep(Self.large, path: "photos/1.jpg")
            let sink = StandInSink(limit: isTold ? 10 : 2_999_999)
            let outcome = await desk.connector.download(photo, into: sink)
            guard case .gone(let reason) = outcome else {
                Issue.record("not given up")
                return
            }
            #expect(reason.code == "too_large")
        }
    }

    static func photos(_ sizes: String) -> TableExchange {
        T.call(
            "getUserProfilePhotos", #"{"user_id":7101234567,"limit":1}"#,
            .json(#"{"ok":true,"result":{"total_count":3,"photos":\#(sizes)}}"#))
    }

    static func size(_ id: String, _ side: Int) -> String {
        #"{"file_id":"\#(id)","width":\#(side),"height":\#(side)}"#
    }

    static let pictures: [OutgoingRow] = [
        OutgoingRow(
            "the smallest that can be seen", .avatar(chat: T.chat),
            [photos("[[\(size("c", 640)),\(size("a", 160)),\(size("b", 320))],[\(size("x", 160))]]")], "a"),
        OutgoingRow(
            "a small one, where there is no other", .avatar(chat: T.chat),
            [photos("[[\(size("a", 50)),\(size("b", 90))]]")], "b"),
        OutgoingRow("none", .avatar(chat: T.chat), [photos("[]")], "none"),
        OutgoingRow("of a shape that nobody knows", .avatar(chat: T.chat), [photos("[7]")], "none"),
        OutgoingRow(
            "of somebody who is gone", .avatar(chat: T.chat),
            [
                T.call(
                    "getUserProfilePhotos", #"{"user_id":7101234567,"limit":1}"#,
                    T.error(400, "Bad Request: user not found"))
            ],
            "none"),
        OutgoingRow(
            "throttled", .avatar(chat: T.chat),
            [
                T.call(
                    "getUserProfilePhotos", #"{"user_id":7101234567,"limit":1}"#,
                    T.error(429, "Too Many Requests: retry after 5", #"{"retry_after":5}"#))
            ], "throttled(5.0 seconds)"),
        OutgoingRow("of a chat that is no person", .avatar(chat: "-5"), [], "none"),
    ]

    @Test("a customer's picture", arguments: pictures)
    func picture(_ row: OutgoingRow) async { await T.check(row) }
}
