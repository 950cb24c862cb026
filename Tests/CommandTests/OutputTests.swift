import JSON
import Synchronization
import Terminal
import Testing

@testable import Commands

@Suite("One result in four forms")
struct OutputTests {
    struct Row: OutputRow {
        let id: String
        let text: String
        let count: Int

        static let columns = [
            OutputColumn<Self>("id") { $0.id }, OutputColumn("count", isNumber: true) { "\($0.count)" },
            OutputColumn("text", colour: { _ in .green }) { $0.text },
        ]

        func write(to writer: inout JSONWriter) {
            writer.objectValue {
                $0.member("id", id)
                $0.member("count", count)
                $0.member("text", text)
            }
        }
    }

    private static let rows = [
        Row(id: "7", text: "a,\"b\"\n\u{202E}c", count: 10), Row(id: "12", text: "привет", count: 2),
    ]

    private func printed(
        _ form: OutputForm, _ change: (inout Output) -> Void = { _ in }, _ body: (Output) throws -> Void
    ) throws -> String {
        let written = Mutex<[UInt8]>([])
        let stream = OutputStream(capacity: 10) { bytes in written.withLock { $0 += bytes } }
        var output = Output(standardOutput: stream, standardError: OutputStream(capacity: 0) { _ in })
        output.form = form
        change(&output)
        try body(output)
        try output.flush()
        return written.withLock { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "a list",
        arguments: [
            (OutputForm.table, "id  count  text\n7      10  a,\"b\"\\n\\u{202E}c\n12      2  привет\n"),
            (.csv, "id,count,text\n7,10,\"a,\"\"b\"\"\n\u{202E}c\"\n12,2,привет\n"),
            (
                .jsonl,
                "{\"id\":\"7\",\"count\":10,\"text\":\"a,\\\"b\\\"\\n\u{202E}c\"}\n{\"id\":\"12\",\"count\":2,\"text\":\"привет\"}\n"
            ),
            (
                .json,
                "[\n  {\"id\":\"7\",\"count\":10,\"text\":\"a,\\\"b\\\"\\n\u{202E}c\"},\n  {\"id\":\"12\",\"count\":2,\"text\":\"привет\"}\n]\n"
            ),
        ])
    func list(form: OutputForm, expected: String) throws {
        #expect(try printed(form) { try $0.list(Self.rows) } == expected)
    }

    @Test(
        "an empty list is an empty list in each form",
        arguments: [(OutputForm.table, ""), (.csv, "id,count,text\n"), (.jsonl, ""), (.json, "[]\n")])
    func empty(form: OutputForm, expected: String) throws {
        #expect(try printed(form) { try $0.list([Row]()) } == expected)
    }

    @Test(
        "an object",
        arguments: [
            (OutputForm.table, "id     12\ncount  2\ntext   привет\n"),
            (.csv, "id,count,text\n12,2,привет\n"),
            (.json, "{\"id\":\"12\",\"count\":2,\"text\":\"привет\"}\n"),
            (.jsonl, "{\"id\":\"12\",\"count\":2,\"text\":\"привет\"}\n"),
        ])
    func object(form: OutputForm, expected: String) throws {
        #expect(try printed(form) { try $0.object(Self.rows[1]) } == expected)
    }

    @Test("--quiet prints names, and leaves what programs read as it is")
    func quiet() throws {
        #expect(try printed(.table, { $0.quiet = true }) { try $0.list(Self.rows) } == "7\n12\n")
        #expect(try printed(.table, { $0.quiet = true }) { try $0.object(Self.rows[0]) } == "7\n")
        #expect(try printed(.csv, { $0.quiet = true }) { try $0.list(Self.rows) }.hasPrefix("id,count"))
    }

    @Test("on a terminal no form lets a stranger's text act, unless --raw", arguments: OutputForm.allCases)
    func terminal(form: OutputForm) throws {
        let shown = try printed(form, { $0.isTerminal = true }) { try $0.list(Self.rows) }
        #expect(!shown.unicodeScalars.contains("\u{202E}"))
        #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        let raw = try printed(
            form,
            {
                $0.isTerminal = true
                $0.raw = true
            }
        ) { try $0.list(Self.rows) }
        #expect(raw.unicodeScalars.contains("\u{202E}"))
    }

    @Test("JSON escaped for a terminal means the same")
    func sameMeaning() throws {
        let text = JSONText.line(JSONValue.string("a\u{202E}b\u{E0041}\u{85}👩‍👧"))
        let escaped = JSONText.escapedForTerminal(text)
        #expect(escaped == "\"a\\u202eb\\udb40\\udc41\\u0085👩‍👧\"")
        #expect(try JSONValue(parsing: escaped) == JSONValue(parsing: text))
    }

    @Test("an endless list shows each element at once")
    func elements() throws {
        let csv = try printed(.csv) { output in
            try output.element(Self.rows[1], isFirst: true) { $0.text }
            try output.element(Self.rows[1], isFirst: false) { $0.text }
        }
        #expect(csv == "id,count,text\n12,2,привет\n12,2,привет\n")
        #expect(try printed(.table) { try $0.element(Self.rows[1], isFirst: true) { $0.text } } == "привет\n")
    }

    @Test(
        "the form of the errors is found in any command line",
        arguments: [
            (["x", "-o", "json"], OutputForm.json), (["-ojsonl"], .jsonl), (["--output=csv", "x"], .csv),
            (["-o"], .table),
            (["--", "-o", "json"], .table), (["-o", "xml"], .table), ([], .table), (["--output", "json"], .json),
        ] as [([String], OutputForm)])
    func sniff(arguments: [String], form: OutputForm) {
        #expect(OutputForm(sniffing: arguments) == form)
    }
}
