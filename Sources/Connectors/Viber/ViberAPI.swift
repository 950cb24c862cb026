import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// Calls methods of the REST API over one fetcher. The token stands in a header and nowhere else.
struct ViberAPI: Sendable {
    let baseURL: String
    let token: Secret
    let fetcher: HTTPFetcher

    struct Exchange: Sendable, Equatable {
        var answer: ViberAnswer
        var http: Int
        var body: [UInt8]
    }

    /// `repeatable`: whether the fetcher itself may send the request again when a kept connection turns out to be dead.
    func call(
        _ method: String, _ body: [UInt8], timeout: Duration, repeatable: Bool
    ) async throws(HTTPFetchError) -> Exchange {
        let response = try await fetcher.fetch(
            HTTPRequest(
                .post, "\(baseURL)/pa/\(method)",
                headers: ["Content-Type": "application/json", "X-Viber-Auth-Token": token.reveal()],
                body: .bytes(body), timeouts: HTTPTimeouts(total: timeout), label: method, mayBeRepeated: repeatable))
        return Exchange(
            answer: ViberAnswer.read(http: response.status, body: response.body), http: response.status,
            body: response.body)
    }

    /// The answer to a method that may be called twice.
    func ask(
        _ method: String, _ body: [UInt8] = Array("{}".utf8), timeout: Duration
    ) async throws(ConnectorFailure) -> JSONValue {
        let exchange: Exchange
        do throws(HTTPFetchError) {
            exchange = try await call(method, body, timeout: timeout, repeatable: true)
        } catch {
            throw redacted(ViberVerdict.failure(of: error, calling: method))
        }
        if let failure = ViberVerdict.failure(of: exchange.answer, calling: method) { throw redacted(failure) }
        guard case .answer(_, _, let value) = exchange.answer else { return .null }
        return value
    }

    func redact(_ text: String) -> String { text.hiding(token, as: "token") }

    private func redacted(_ failure: ConnectorFailure) -> ConnectorFailure {
        ConnectorFailure(failure.kind, redact(failure.message))
    }
}

/// What `get_account_info` says.
struct ViberAccountInfo: Sendable, Equatable {
    var id: String
    var name: String
    /// Empty where none is set.
    var webhook: String
    /// Nil where it does not say.
    var eventTypes: Set<String>?
    var subscribers: Int64?

    /// Nil where it names no account.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        name = ViberPerson.name(value["name"]) ?? value["uri"]?.string ?? id
        webhook = value["webhook"]?.string ?? ""
        eventTypes = (value["event_types"]?.array).map { Set($0.compactMap(\.string)) }
        subscribers = value["subscribers_count"]?.int64
    }
}
