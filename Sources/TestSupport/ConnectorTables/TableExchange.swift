import JSON

/// One request that a connector must make, and what the stand-in of its messenger answers.
package struct TableExchange: Sendable {
    package var method: String
    /// Path with query. Each secret of the table stands in it as `<secret>`.
    package var path: String
    /// These must be there; others may be.
    package var headers: [String: String]
    package var body: Body
    package var answer: Answer

    package enum Body: Sendable {
        case none
        /// Not looked at.
        case any
        /// The same JSON; members in any order.
        case json(String)
        /// `multipart/form-data`: these parts in this order.
        case form([FormPart])
    }

    package struct FormPart: Sendable {
        package enum Content: Sendable {
            case text(String)
            case json(String)
            case bytes([UInt8])
        }

        package var name: String
        package var filename: String?
        package var mime: String?
        package var content: Content

        package static func field(_ name: String, _ text: String) -> FormPart {
            FormPart(name: name, content: .text(text))
        }

        package static func json(_ name: String, _ json: String) -> FormPart {
            FormPart(name: name, content: .json(json))
        }

        package static func file(_ name: String, filename: String, mime: String, _ bytes: [UInt8]) -> FormPart {
            FormPart(name: name, filename: filename, mime: mime, content: .bytes(bytes))
        }
    }

    package enum Answer: Sendable {
        case reply(status: Int, headers: [String: String], body: [UInt8])
        /// The connection ends without an answer.
        case drop
        /// The head announces the whole body, and the connection ends after the first `bytes` of it.
        case cut(status: Int, body: [UInt8], after: Int)
        /// Nothing comes, and the connection stays.
        case silence

        package static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
            .reply(
                status: status, headers: headers.merging(["Content-Type": "application/json"]) { given, _ in given },
                body: Array(text.utf8))
        }

        package static func html(_ status: Int, headers: [String: String] = [:]) -> Answer {
            .reply(
                status: status, headers: headers.merging(["Content-Type": "text/html"]) { given, _ in given },
                body: Array("<html><head><title>\(status)</title></head></html>".utf8))
        }
    }

    package init(
        _ method: String, _ path: String, headers: [String: String] = [:], body: Body = .none, answer: Answer
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.answer = answer
    }
}

extension TableExchange {
    /// What is wrong with the request that came in place of this one.
    func complaints(about request: TableRequest, hiding secrets: [String]) -> [String] {
        var found: [String] = []
        let path = request.path.hiding(secrets)
        if request.method != method || path != self.path {
            found.append("expected \(method) \(self.path), got \(request.method) \(path)")
        }
        for (name, value) in headers.sorted(by: { $0.key < $1.key })
        where request.headers[name.lowercased()]?.hiding(secrets) != value {
            found.append(
                "header \(name) of \(path) is \(request.headers[name.lowercased()]?.hiding(secrets) ?? "missing")")
        }
        switch body {
        case .any: break
        case .none:
            if !request.body.isEmpty { found.append("\(path) has a body: \(request.text)") }
        case .json(let expected):
            if let problem = Self.difference(of: request.body, from: expected) {
                found.append("body of \(path): \(problem)")
            }
        case .form(let expected): found += Self.complaints(about: request, expecting: expected).map { "\(path): \($0)" }
        }
        return found
    }

    private static func complaints(about request: TableRequest, expecting expected: [FormPart]) -> [String] {
        guard let parts = TableForm.parts(of: request.body, contentType: request.headers["content-type"] ?? "") else {
            return ["is no multipart form"]
        }
        guard parts.map(\.name) == expected.map(\.name) else {
            return ["the form's parts are \(parts.map(\.name)), expected \(expected.map(\.name))"]
        }
        return zip(parts, expected).flatMap { part, expected -> [String] in
            var found: [String] = []
            if part.filename != expected.filename {
                found.append("part \(part.name) has the file name \(part.filename ?? "none")")
            }
            if part.mime != expected.mime { found.append("part \(part.name) has the type \(part.mime ?? "none")") }
            switch expected.content {
            case .text(let text):
                let got = String(decoding: part.content, as: UTF8.self)
                if got != text { found.append("part \(part.name) is \(got), expected \(text)") }
            case .json(let json):
                if let problem = difference(of: part.content, from: json) {
                    found.append("part \(part.name): \(problem)")
                }
            case .bytes(let bytes):
                if part.content != bytes { found.append("part \(part.name) has other bytes (\(part.content.count))") }
            }
            return found
        }
    }

    private static func difference(of bytes: [UInt8], from expected: String) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let wanted = try? JSONValue(parsing: expected) else { return "the row's own JSON is broken: \(expected)" }
        guard let got = try? JSONValue(parsing: bytes) else { return "no JSON: \(text)" }
        return got.canonicalBytes == wanted.canonicalBytes ? nil : "got \(text), expected \(expected)"
    }
}

extension String {
    /// The text with `<secret>` in place of each secret.
    func hiding(_ secrets: [String]) -> String {
        secrets.reduce(self) { text, secret in
            secret.isEmpty
                ? text : text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<secret>")
        }
    }
}
