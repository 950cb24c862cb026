import Glibc
import JSON
import Sandbox
import Testing

extension ProcessTests {
    @Suite("Nights: our own processes")
    struct ProcessNights {
        @Test("the standby is dead, then both connectors are")
        func connectorsDead() async throws {
            try await World.with(.free()) { world in
                let active = try await world.activeConnector()
                let standby = try #require(
                    world.installation.all.first { $0.name.hasPrefix("connector") && $0.name != active.name })
                await standby.kill()
                let one = Night("standby-dead", world)
                try await one.screen(
                    "connector status", status: 0, shows: ["active"])
                try await one.screen(
                    "zk status", status: 0,
                    shows: [
                        "account support has no standby",
                        "→ start a second \"eralink connector run telegram --account support\"",
                    ])
                try await one.screen(
                    "doctor --bad", status: 10,
                    shows: ["account support: no standby", "→ start a second one on another host"])
                await active.kill()
                let both = Night("both-connectors-dead", world)
                try await both.screen("connector status", status: 0, shows: ["none"])
                try await both.screen(
                    "doctor --bad", status: 1,
                    shows: [
                        "account support: no connector serves it",
                        "→ start two, on different hosts: eralink connector run telegram",
                    ])
                try await both.screen("zk status", status: 0, shows: ["nobody serves account support"])
            }
        }

        @Test("an agent's program floods")
        func flood() async throws {
            try await World.with(.free()) { world in
                let night = Night("agent-floods", world)
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 1)
                    let chat = traffic.chats[0].interaction
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for lane in 0..<20 {
                            group.addTask {
                                for number in 0..<40 { try await desk.send("\(lane) \(number)", to: chat) }
                            }
                        }
                        try await group.waitForAll()
                    }
                    try await night.screen(
                        "doctor --bad", status: 10,
                        shows: [
                            "agents: anna sent 8", "within a minute", "→ ask whose program it is",
                            "eralink token revoke anna",
                        ])
                }
            }
        }

        @Test("an agent's program takes nothing any more")
        func slowAgent() async throws {
            try await World.with(.free()) { world in
                let night = Night("agent-slow", world)
                let made = try await world.installation.run([
                    "token", "create", "--name", "boss", "--scope", "supervisor",
                ])
                let file = try world.installation.write(try #require(made["token"]?.string), to: "boss.token")
                let port = try await world.daemon("chat-1").ready()
                let tail = try world.installation.start(
                    "tail", ["tail"], settings: ["chat.url": "http://127.0.0.1:\(port)", "token_file": file])
                try await night.screen("zk tree /agents", status: 0, shows: ["boss"])
                tail.signal(SIGSTOP)
                try await night.screen(
                    "doctor --bad", status: 10,
                    shows: [
                        "agents: boss is slow: a session cut for taking nothing", "→ look at its client or network",
                    ],
                    within: .seconds(90))
                tail.signal(SIGCONT)
                await tail.kill()
            }
        }
    }
}
