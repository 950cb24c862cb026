import FoundationEssentials
import Sandbox
import Testing

/// One rehearsed night: something is broken on a running installation, and an admin types what `docs/operations.md` says.
///
/// With `ERALINK_NIGHTS=DIRECTORY` every screen is written there as it was: `scripts/rehearse` puts them into that page.
struct Night: Sendable {
    /// Lines of a terminal, and its columns.
    private static let (rows, columns) = (26, 100)

    let name: String
    private let installation: Installation

    init(_ name: String, _ world: World) { self.init(name, world.installation) }

    init(_ name: String, _ installation: Installation) {
        self.name = name
        self.installation = installation
    }

    /// Types a command until what it prints shows all of this, and looks that this is on one screen.
    ///
    /// - Parameters:
    ///   - status: what it must end with.
    ///   - shows: cause and remedy, in the words of the page.
    @discardableResult
    func screen(
        _ line: String, settings: [String: String] = [:], variables: [String: String] = [:], status: CInt,
        shows wanted: [String], within limit: Duration = .seconds(45), location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let words = line.split(separator: " ").map(String.init)
        let deadline = ContinuousClock.now + limit
        var settings = settings
        settings["limits.sessions"] = settings["limits.sessions"] ?? "1000"
        while true {
            let began = ContinuousClock.now
            let end = try await installation.finished(words, settings: settings, variables: variables)
            let took = ContinuousClock.now - began
            let text = end.output + end.errors
            if end.status == status, wanted.allSatisfy({ text.contains($0) }) {
                #expect(took < .seconds(15), "it took \(took)", sourceLocation: location)
                let lines = text.split(separator: "\n").reduce(0) {
                    $0 + max(1, ($1.count + Self.columns - 1) / Self.columns)
                }
                #expect(lines <= Self.rows, "more than one screen: \(lines) lines", sourceLocation: location)
                try record(line, text)
                return text
            }
            guard ContinuousClock.now < deadline else {
                throw SandboxError(
                    "\"eralink \(line)\" ended with \(end.status), not \(status), or does not show \(wanted):\n\(text)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func record(_ line: String, _ text: String) throws {
        guard let directory = ProcessInfo.processInfo.environment["ERALINK_NIGHTS"] else { return }
        let file = "\(directory)/\(name).txt"
        let before = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let shown = text.replacing(installation.directory, with: "/etc/eralink")
        try (before + "$ eralink \(line.replacing(installation.directory, with: "/etc/eralink"))\n\(shown)\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// The status of a daemon's /readyz; nil where it does not answer.
    func readiness(port: Int) async -> Int? {
        let answer = await LoopbackQuestion.ask(
            port: UInt16(port), "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            within: .seconds(5))
        return answer.flatMap { Int($0.dropFirst(9).prefix(3)) }
    }
}
