import Coordination
import Domain
import HTTPFetch
import JSON

/// Short questions over HTTP, for checks.
struct WebQuestion: Sendable {
    private let fetcher: HTTPFetcher
    private let timeouts = HTTPTimeouts(connect: .seconds(3), total: .seconds(4))

    /// - Parameter client: how outgoing requests go; nil: straight, as within the installation.
    init(client: Settings.Client?) {
        fetcher = HTTPFetcher(client?.fetching("doctor", connections: 8) ?? HTTPFetchConfiguration(name: "doctor"))
    }

    func close() async { await fetcher.close() }

    /// What a HEAD at the URL gives.
    func reach(_ url: String) async -> MessengerCheck.Reach {
        do throws(HTTPFetchError) {
            return .status(try await ask(.head, url).status)
        } catch {
            return .failed(error.detail)
        }
    }

    /// The other's clock less ours, by the `Date` of any answer; nil where there is none.
    func date(of url: String, now: @Sendable () -> Timestamp) async -> Duration? {
        let asked = now()
        guard let response = try? await ask(.head, url), let text = response.headers["Date"],
            let date = ClockCheck.httpDate(text)
        else { return nil }
        // It is cut to the second: on average half a second more.
        return ClockCheck.offset(of: date.adding(.milliseconds(500)), asked: asked, answered: now())
    }

    /// Empty where it does not answer.
    func metrics(of component: Component) async -> String {
        (try? await ask(.get, base(component) + "/metrics"))?.text ?? ""
    }

    private func base(_ component: Component) -> String {
        let host = component.host.contains(":") ? "[\(component.host)]" : component.host
        return "http://\(host):\(component.port)"
    }

    func readiness(of component: Component) async -> ServicesCheck.Answer {
        do throws(HTTPFetchError) {
            let response = try await ask(.get, base(component) + "/readyz")
            let checks = (try? JSONValue(parsing: response.body))?["checks"]?.object ?? []
            let down = checks.filter { $0.value.string == "down" }.map { "\($0.name) is down" }
            return ServicesCheck.Answer(component: component, status: response.status, down: down, reason: nil)
        } catch {
            return ServicesCheck.Answer(component: component, status: nil, down: [], reason: error.detail)
        }
    }

    private func ask(_ method: HTTPMethod, _ url: String) async throws(HTTPFetchError) -> HTTPResponse {
        try await fetcher.fetch(
            HTTPRequest(method, url, timeouts: timeouts, maxResponseBytes: 1 << 20, label: "doctor"))
    }
}
