import Domain

/// eralink-exit(7).
enum ExitPage {
    static var page: ManualPage {
        var page = ManualPage("eralink-exit", section: 7, "Exit statuses and error codes of Eralink.")
        page.section("DESCRIPTION")
        page.sentences("Scripts may switch on the exit status of every command:")
        page.list("Dsss") { page in
            for status in ExitStatus.allCases {
                page.item(String(status.rawValue), ManualPage.sentence(status.meaning, end: "."))
            }
        }
        page.macro("Pp")
        page.sentences(
            """
            A failure is one line on standard error that says what failed, on what, and what to do next. With `-o json` or \
            `-o jsonl` it is a JSON object there: `{"error":{"code":...,"message":...,"details":{...}}}`. The codes are those of \
            the agent API:
            """)
        page.list("customer_blocked") { page in
            for code in ErrorCode.all {
                page.item(code.name, "Exit status \(code.exit), HTTP status \(code.http), JSON-RPC number \(code.rpc).")
            }
        }
        page.seeAlso(["eralink 1", "eralink-protocol 7"])
        return page
    }
}
