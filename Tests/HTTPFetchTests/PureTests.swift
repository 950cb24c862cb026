import Testing

@testable import HTTPFetch

@Suite("Encodings and parsers")
struct PureTests {
    static let fields: [([(name: String, value: String)], String)] = [
        ([], ""),
        ([("a", "b")], "a=b"),
        ([("text", "привет, мир!")], "text=%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82%2C%20%D0%BC%D0%B8%D1%80%21"),
        ([("a", "1+1=2&b"), ("a", "")], "a=1%2B1%3D2%26b&a="),
        ([("e", "👍🏽"), ("~-._", "\r\n\0%")], "e=%F0%9F%91%8D%F0%9F%8F%BD&~-._=%0D%0A%00%25"),
    ]

    @Test("fields are percent-encoded strictly", arguments: fields)
    func formEncoding(fields: [(name: String, value: String)], expected: String) {
        #expect(FormEncoding.encode(fields) == expected)
    }

    static let targets: [(String, String?)] = [
        ("http://Example.TEST", "http://example.test:80"), ("https://a.test/x?y#z", "https://a.test:443"),
        ("HTTPS://a.test:8443", "https://a.test:8443"), ("http://[::1]:81/", "http://[::1]:81"),
        ("http://0x7f.1/", "http://127.0.0.1:80"), ("ftp://a.test/", nil), ("//a.test/", nil), ("http://", nil),
        ("http://a.test:0/", nil), ("http://a.test:65536/", nil), ("http://a b/", nil), ("http://u@a.test/", nil),
    ]

    @Test("a URL is read as curl will read it", arguments: targets)
    func target(url: String, origin: String?) {
        #expect(RequestTarget(url)?.origin == origin)
    }

    @Test("characters outside of ASCII are escaped in paths and queries")
    func unicodeURL() {
        #expect(RequestTarget("https://a.test/я?q=ё%20")?.url == "https://a.test/%d1%8f?q=%d1%91%20")
    }

    static let heads: [(String, Int, [String], Bool)] = [
        ("HTTP/1.1 200 OK\r\n|A: 1\r\n|B:2\r\n|\r\n", 200, ["A=1", "B=2"], true),
        ("HTTP/2 204 \r\n|\r\n", 204, [], true),
        ("HTTP/1.1 100 Continue\r\n|X: y\r\n|\r\n|HTTP/1.1 404 No\r\n|C:  c \r\n|\r\n", 404, ["C=c"], true),
        ("HTTP/1.1 200 OK\r\n|A: 1\r\n|  2\r\n|E:\r\n|nonsense\r\n|\r\n|T: trailer\r\n", 200, ["A=1 2", "E="], true),
        ("HTTP/1.1 200 OK\r\n|A: 1\r\n", 200, ["A=1"], false),
        ("HTTP/1.1 100 Continue\r\n|\r\n", 100, [], false),
    ]

    @Test("header lines make a head", arguments: heads)
    func head(lines: String, status: Int, fields: [String], isComplete: Bool) {
        var parser = ResponseHeadParser()
        for line in lines.split(separator: "|") {
            let taken = Array(line.utf8).withUnsafeBytes { parser.take($0) }
            #expect(taken)
        }
        #expect(parser.head.status == status)
        #expect(parser.head.headers.fields.map { "\($0.name)=\($0.value)" } == fields)
        #expect(parser.isComplete == isComplete)
    }

    static let failures: [(UInt32, Int, HTTPFetchError.Code, HTTPFetchError.Delivery)] = [
        (6, 0, .dns, .certainlyNotSent), (7, 0, .connect, .certainlyNotSent), (7, 300, .connect, .uncertain),
        (35, 0, .tls, .certainlyNotSent), (60, 0, .tls, .certainlyNotSent), (28, 0, .timeout, .certainlyNotSent),
        (28, 1, .timeout, .uncertain), (52, 90, .reset, .uncertain), (55, 0, .reset, .certainlyNotSent),
        (56, 90, .reset, .uncertain), (18, 90, .truncated, .uncertain), (63, 90, .tooLarge, .uncertain),
        (8, 90, .badResponse, .uncertain), (2, 0, .other, .certainlyNotSent),
    ]

    @Test("what curl reports becomes what a sender must know", arguments: failures)
    func failure(curl: UInt32, bytes: Int, code: HTTPFetchError.Code, delivery: HTTPFetchError.Delivery) {
        let failure = TransferFailure(curlCode: curl, requestBytes: bytes, verdict: nil, message: "m")
        #expect(failure.code == code)
        #expect(failure.delivery == delivery)
    }

    @Test("a detail that quotes the path loses it")
    func redaction() throws {
        let plan = try TransferPlan(HTTPRequest(.get, "https://a.test/bot1:TOKEN/x?y=1", label: "x"))
        let error = plan.error(.other, .uncertain, "cannot get https://a.test/bot1:TOKEN/x?y=1 now")
        #expect(error.detail == "cannot get https://a.test… now")
        #expect(!"\(error)".contains("TOKEN"))
    }

    static let durations: [(Duration, Int)] = [
        (.milliseconds(1500), 1500), (.zero, 1), (.seconds(-5), 1), (.microseconds(1), 1),
        (.seconds(1 << 62), 1_000_000_000_000),
    ]

    @Test("a timeout is never curl's zero, which means none", arguments: durations)
    func milliseconds(duration: Duration, expected: Int) {
        #expect(duration.milliseconds == expected)
    }
}
