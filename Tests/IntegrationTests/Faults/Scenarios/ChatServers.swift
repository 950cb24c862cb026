import Sandbox

extension FaultScenario {
    static let chatServers = [
        FaultScenario(name: "kill -9 of one ChatServer of two", isShort: true, times: 5, limit: .seconds(5)) { stage in
            let random = stage.random.milliseconds(0...1) == .zero
            try await stage.killChat(random ? 1 : 2)
        } mend: { stage in
            try await stage.restartChats()
        },
        FaultScenario(name: "kill -9 of every ChatServer, started again", times: 3, limit: .seconds(8)) { stage in
            for number in 1...2 { try await stage.killChat(number) }
            try await stage.restartChats()
            stage.notes.add("with the start of two processes")
        },
    ]
}

extension FaultStage {
    /// Remembers the port, at which its agents look for it.
    func killChat(_ number: Int) async throws {
        let chat = try world.daemon("chat-\(number)")
        chatPorts.set(number, try await chat.ready())
        await chat.kill()
    }

    func restartChats() async throws {
        for number in 1...2 {
            guard let port = chatPorts.take(number) else { continue }
            try await world.startChat(number, port: port).ready()
        }
    }
}
