import Domain
import JSON

/// A well-formed JSON-RPC request whose method and params nobody has looked at yet.
package struct AgentCall: Sendable {
    package let id: RequestID
    package let method: String
    let params: [JSONMember]
    /// What is wrong with the params as a whole.
    let defect: EralinkError?

    /// Reads one text frame. The error's reply carries the id where it could be read.
    package init(frame: some Collection<UInt8>) throws(RejectedFrame) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: frame, limits: JSONLimits(duplicateNames: .note))
        } catch {
            throw Self.unreadable(frame, error)
        }
        guard case .object(let members) = document.value else {
            let what = document.value.array == nil ? "a request must be an object" : "batches are not taken"
            throw RejectedFrame(id: nil, error: EralinkError(.invalidRequest, what))
        }
        let id = Self.id(of: document)
        func reject(_ message: String) -> RejectedFrame {
            RejectedFrame(id: id, error: EralinkError(.invalidRequest, message))
        }

        if document.flaws.kinds.contains(.duplicateName), !document.flaws.firstPath.hasPrefix("params.") {
            throw reject("the request has a member twice")
        }
        guard document.value["jsonrpc"] == .string("2.0") else { throw reject("jsonrpc must be \"2.0\"") }
        guard let id else {
            throw reject("id must be a string or an integer of at most \(AgentLimits.requestIDBytes) bytes")
        }
        guard let method = document.value["method"]?.string else { throw reject("method must be a string") }
        let params = document.value["params"] ?? .object([])
        guard case .object(let params) = params else { throw reject("params must be an object") }

        self.id = id
        self.method = method
        self.params = params
        defect = Self.defect(of: document.flaws) ?? Self.unknownMember(members)
    }

    private static func id(of document: JSONDocument) -> RequestID? {
        guard let id = document.value["id"].flatMap(RequestID.init) else { return nil }
        // Some of its text may have been replaced: then it is not the id that was sent.
        if document.hasUnstorableText, case .string(let text) = id, text.unicodeScalars.contains("\u{FFFD}") {
            return nil
        }
        return id
    }

    private static func unreadable(_ frame: some Collection<UInt8>, _ error: JSONError) -> RejectedFrame {
        guard case .tooDeep = error.kind else {
            return RejectedFrame(id: nil, error: EralinkError(.parseError, "the frame is not JSON: \(error)"))
        }
        let bytes = Array(frame)
        let range = (try? JSONSplitter.members(of: bytes))?.last { $0.name == "id" }?.value
        let id = range.flatMap { try? JSONDocument(parsing: bytes[$0]) }.flatMap {
            $0.hasUnstorableText ? nil : RequestID($0.value)
        }
        return RejectedFrame(id: id, error: EralinkError(.invalidRequest, "the request is \(error)"))
    }

    private static func defect(of flaws: JSONDocument.Flaws) -> EralinkError? {
        guard !flaws.isEmpty else { return nil }
        let path = flaws.firstPath.hasPrefix("params.") ? String(flaws.firstPath.dropFirst(7)) : flaws.firstPath
        return .invalidParams(
            path,
            flaws.kinds.isDisjoint(with: .unstorableText)
                ? "stands twice" : "holds U+0000 or half a surrogate pair, which cannot be kept")
    }

    private static func unknownMember(_ members: [JSONMember]) -> EralinkError? {
        members.first { !["jsonrpc", "id", "method", "params"].contains($0.name) }
            .map { .invalidParams($0.name, "is not a member of a request") }
    }
}

/// A frame that is no request: `parse_error` or `invalid_request`.
package struct RejectedFrame: Error, Sendable, Equatable {
    /// Nil where it could not be read: then the reply carries null.
    package var id: RequestID?
    package var error: EralinkError
}
