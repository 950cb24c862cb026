import AgentClient
import Domain
import Sandbox
import TestSupport

/// Many sessions that do nothing but come back when their ChatServer is gone, each after the wait that it was told.
actor Crowd {
    private let urls: [String]
    private let token: String
    private var members: [Task<Void, Never>] = []
    private var connected = 0

    init(urls: [String], token: String) {
        self.urls = urls
        self.token = token
    }

    var isWhole: Bool { connected == members.count }

    /// Opens them at the first ChatServer, so many at one time.
    func open(_ count: Int) async throws {
        let gate = Gate(width: 100)
        for _ in 0..<count {
            members.append(Task { await self.live(gate) })
        }
        let limit = ContinuousClock.now + .seconds(180)
        while !isWhole {
            guard ContinuousClock.now < limit else { throw SandboxError("only \(connected) of \(count) are connected") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func close() async {
        for member in members { member.cancel() }
        for member in members { await member.value }
        members = []
    }

    private func live(_ gate: Gate) async {
        var next = 0
        await gate.enter()
        var isInside = true
        while !Task.isCancelled {
            var wait = Duration.milliseconds(Int64.random(in: 500...3000))
            do {
                var options = AgentConnection.Options()
                options.connectTimeout = .seconds(30)
                let connection = try await AgentConnection.connect(
                    urls[next % urls.count], token: token, options: options)
                _ = try await connection.hello()
                if isInside { gate.leave() }
                isInside = false
                connected += 1
                do {
                    while try await connection.nextEvent() != nil {}
                } catch let end as AgentClosed {
                    if let told = end.retryAfterMilliseconds { wait = .milliseconds(told) }
                } catch {}
                connected -= 1
                await connection.close()
            } catch let error as EralinkError {
                if let told = error.retryAfterMilliseconds { wait = .milliseconds(told) }
            } catch {}
            if Task.isCancelled { break }
            next += 1
            try? await Task.sleep(for: wait)
        }
        if isInside { gate.leave() }
    }
}
