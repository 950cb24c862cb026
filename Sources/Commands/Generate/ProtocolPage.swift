import AgentProtocol
import Domain

/// eralink-protocol(7): the agent API in short; the documents that the servers themselves give have every member.
enum ProtocolPage {
    static var page: ManualPage {
        var page = ManualPage("eralink-protocol", section: 7, "The API that programs of agents speak.")
        page.section("DESCRIPTION")
        page.sentences(
            """
            JSON-RPC 2.0 over one WebSocket at the ChatServer, `/v1/agent`; REST at the Interaction Loader and at the FileServers \
            of the connectors. Each of them describes itself: `/asyncapi.json` at the ChatServer, `/openapi.json` at the others.

            A token of `eralink token create` goes into the header `Authorization: Bearer`, or into the first request. Times are \
            RFC 3339; ids are opaque strings. \(DocumentVersion.promise)
            """)
        page.subsection("Methods")
        page.list { page in
            for method in AgentMethod.allCases {
                page.macro("It Cm \(method.rawValue) \(Self.members(method.params))".trimmed)
                page.sentences(method.text)
            }
        }
        page.subsection("Events")
        page.sentences("Notifications of the method `event`. Their `type` is one of:")
        page.list { page in
            for type in EventType.allCases { page.item(type.rawValue, type.text) }
        }
        page.subsection("Close codes")
        page.list("Dssss") { page in
            for code in AgentCloseCode.allCases {
                page.item(String(code.rawValue), ManualPage.sentence(code.text, end: "."))
            }
        }
        page.subsection("REST")
        page.list { page in
            for operation in RestOperation.all {
                page.item("\(operation.method.rawValue.uppercased()) \(operation.path)", operation.text)
            }
        }
        page.section("EXAMPLES")
        page.examples([
            CommandExample("curl http://127.0.0.1:8080/asyncapi.json", "see everything that goes over the WebSocket"),
            CommandExample("curl http://127.0.0.1:8081/openapi.json", "see everything that the Loader answers"),
        ])
        page.section("DIAGNOSTICS")
        page.sentences("The error codes are in")
        page.macro("Xr eralink-exit 7 .")
        page.seeAlso(["eralink 1", "eralink-token 1", "eralink-exit 7"])
        return page
    }

    /// Required members as arguments, others in brackets; the contents that `kind` chooses from once.
    private static func members(_ schema: Schema) -> String {
        guard case .object(let object) = schema.shape else { return "" }
        var chosen: [String] = []
        for case .named(_, let names) in object.rules { chosen += names }
        var words: [String] = []
        for member in object.members where !chosen.contains(member.name) {
            let name = "Ar \(ManualPage.argument(member.name))"
            words.append(member.isRequired ? name : "Oo \(name) Oc")
            if member.name == "kind", !chosen.isEmpty { words.append("Ar object\\-of\\-the\\-kind") }
        }
        return words.joined(separator: " ")
    }
}

extension String {
    fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
