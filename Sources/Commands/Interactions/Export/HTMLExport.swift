import AgentClient
import JSON

/// A page that needs nothing but a browser: no script, no style or picture from elsewhere, and every text of a stranger escaped.
/// Files are linked, not contained.
struct HTMLExport: ExportWriter {
    /// The base of links to files (`files.url`).
    let files: String

    let beginning = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>Eralink transcript</title>
        <style>
        body { font: 16px/1.4 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
        section { border-top: 1px solid #ccc; padding: 1em 0; }
        h2 { font-size: 1.1em; margin: 0; }
        .facts, time, .state, .about { color: #666; font-size: .8em; }
        article { margin: .5em 0; padding: .5em .8em; border-radius: .6em; max-width: 80%; width: fit-content; }
        article p { margin: .2em 0; white-space: pre-wrap; overflow-wrap: anywhere; }
        .in { background: #eef4ee; }
        .out { background: #e8f0fb; margin-left: auto; }
        .system { background: none; margin: .5em auto; color: #666; font-size: .9em; }
        .bad { color: #b00; }
        .button { display: inline-block; border: 1px solid #99b; border-radius: .4em; padding: .1em .5em; margin: .1em; font-size: .85em; }
        @media (prefers-color-scheme: dark) {
        body { background: #16181c; color: #ddd; } .in { background: #203024; } .out { background: #202c40; } a { color: #8bf; }
        section { border-color: #444; } .facts, time, .state, .about, .system { color: #999; } .bad { color: #f77; }
        }
        @media print { article { break-inside: avoid; } }
        </style>
        </head>
        <body>
        <h1>Transcript</h1>

        """

    let end = "</body>\n</html>\n"

    func chatBeginning(_ chat: JSONValue) -> String {
        let customer = chat["customer"]
        let who = EventLine.name(ofCustomerIn: chat) ?? ""
        let facts = [
            chat["account"]?.string, chat["channel"]?.string, customer?["username"]?.string.map { "@\($0)" },
            customer?["phone"]?.string, chat["state"]?.string, chat["agent"]?.string.map { "agent \($0)" },
            chat["created_at"]?.string,
        ].compactMap(\.self)
        return """
            <section id="chat-\(Self.escaped(chat["id"]?.string ?? ""))">
            <h2><bdi>\(Self.escaped(who))</bdi></h2>
            <div class="facts">chat \(Self.escaped(chat["id"]?.string ?? "")) · \(facts.map { "<bdi>\(Self.escaped($0))</bdi>" }.joined(separator: " · "))</div>

            """
    }

    func chatEnd(_ chat: JSONValue) -> String { "</section>\n" }

    func message(_ message: JSONValue, of chat: JSONValue, isFirst: Bool) -> String {
        let direction = message["direction"]?.string ?? "system"
        let author = direction == "out" ? message["agent"]?.string : EventLine.name(ofCustomerIn: chat)
        let name = direction == "system" ? "" : "<bdi>\(Self.escaped(author ?? ""))</bdi> · "
        let at = Self.escaped(message["at"]?.string ?? "")
        return """
            <article class="\(["in", "out"].contains(direction) ? direction : "system")">
            <div class="about">\(name)<time datetime="\(at)">\(at)</time>\(state(message, direction))</div>
            \(content(message, account: chat["account"]?.string ?? ""))\(buttons(message))
            </article>

            """
    }

    private func state(_ message: JSONValue, _ direction: String) -> String {
        var words: [String] = []
        if let state = message["state"]?.string, direction == "out" {
            let isBad = ["failed", "expired", "unknown", "cancelled"].contains(state)
            let reason = message["reason"]?["text"]?.string.map { ": \($0)" } ?? ""
            words.append(
                isBad ? "<span class=\"bad\">\(Self.escaped(state + reason))</span>" : Self.escaped(state))
        }
        if message["edited_at"]?.string != nil { words.append("edited") }
        if message["deleted_at"]?.string != nil { words.append("deleted") }
        return words.map { " · \($0)" }.joined()
    }

    private func content(_ message: JSONValue, account: String) -> String {
        var parts: [String] = []
        if let reply = message["reply_to"] {
            parts.append(
                "<p class=\"about\" dir=\"auto\">answers: \(Self.escaped(reply["preview"]?.string ?? ""))</p>")
        }
        if let origin = message["forwarded_from"] {
            let name = origin["name"]?.string ?? origin["external_id"]?.string ?? "somebody"
            parts.append("<p class=\"about\">forwarded from <bdi>\(Self.escaped(name))</bdi></p>")
        }
        let body = message[message["kind"]?.string ?? ""]
        if let file = body?["file"]?.string {
            let name = body?["name"]?.string ?? message["kind"]?.string ?? "file"
            let size = body?["size"]?.int64.map { ", \(ByteSize.about($0))" } ?? ""
            parts.append(
                "<p><a rel=\"noreferrer\" href=\"\(Self.escaped(link(to: file, account)))\"><bdi>\(Self.escaped(name))</bdi></a>\(Self.escaped(size))</p>"
            )
        }
        let text =
            body?["text"]?.string ?? body?["caption"]?.string
            ?? (body?["file"] == nil
                ? MessageLine(message.without("keyboard", "reply_to", "forwarded_from")).says : nil)
        if let text, !text.isEmpty { parts.append("<p dir=\"auto\">\(Self.escaped(text))</p>") }
        return parts.joined(separator: "\n")
    }

    private func buttons(_ message: JSONValue) -> String {
        let rows = message["keyboard"]?["rows"]?.array ?? []
        let shown = rows.map { row in
            (row.array ?? []).map {
                "<span class=\"button\"><bdi>\(Self.escaped($0["text"]?.string ?? ""))</bdi></span>"
            }
            .joined()
        }
        return shown.isEmpty ? "" : "\n<div>\(shown.joined(separator: "<br>"))</div>"
    }

    private func link(to file: String, _ account: String) -> String {
        let base = files.hasSuffix("/") ? String(files.dropLast()) : files
        return "\(base)/files/\(PercentEncoding.encoded(account))/\(PercentEncoding.encoded(file))"
    }

    /// As text or as a quoted attribute of HTML; what HTML cannot hold becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): result += "\u{FFFD}"
            // Overrides would reach beyond their text; the isolates around it keep all others within.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension JSONValue {
    /// An object without these members.
    fileprivate func without(_ names: String...) -> JSONValue {
        .object((object ?? []).filter { !names.contains($0.name) })
    }
}
