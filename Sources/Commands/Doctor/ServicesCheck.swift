import Coordination
import Domain

/// Whether the daemons that are registered answer, and how they say they are.
enum ServicesCheck {
    struct Answer: Sendable, Equatable {
        var component: Component
        /// Of /readyz; nil where it does not answer.
        var status: Int?
        /// The checks of /readyz that are neither `ok` nor a plain fact.
        var down: [String]
        /// Why there is no answer.
        var reason: String?
    }

    static func judge(_ answers: [Answer]) -> [Diagnosis] {
        let found = answers.compactMap { answer -> Diagnosis? in
            let name = [answer.component.role, answer.component.account].compactMap(\.self).joined(separator: " ")
            let place = "\(name) at \(answer.component.host):\(answer.component.port)"
            guard let status = answer.status else {
                return .warning(
                    "daemons", "\(place) is registered and does not answer: \(answer.reason ?? "")",
                    "look whether it runs, and whether its address can be reached from here (http.server.host)")
            }
            guard status == 200 else {
                return .failed(
                    "daemons", "\(place) is not ready: \(answer.down.joined(separator: ", "))",
                    "look at its log, and at the checks above")
            }
            return answer.down.isEmpty
                ? nil
                : .warning(
                    "daemons", "\(place) does without: \(answer.down.joined(separator: ", "))", "look at its log")
        }
        if !found.isEmpty { return found }
        guard !answers.isEmpty else { return [] }
        let counts = Dictionary(grouping: answers, by: \.component.role).map { "\($0.value.count) \($0.key)" }.sorted()
        return [.ok("daemons", "\(counts.joined(separator: ", ")): all ready")]
    }
}
