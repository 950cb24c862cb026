import AgentClient
import Domain
import JSON
import Sandbox
import Testing

extension ProcessTests {
    @Suite("Choosing work")
    struct Choosing {
        @Test("the Loader lists the chats of a period, page by page; `serve all` answers the same beside the WebSocket")
        func lists() async throws {
            try await World.with(.free()) { world in
                let loader = try await world.installation.start("loader", ["serve", "loader", "--port", "0"]).ready()
                let all = try await world.installation.start("all", ["serve", "all", "--port", "0"]).ready()
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 5)
                    let wanted = Set(traffic.chats.map(\.interaction))
                    for port in [loader, all] {
                        let ids = try await Self.ids(port: port, token: world.token)
                        #expect(ids.count == 5)
                        #expect(Set(ids) == wanted)
                    }
                    let other = try await AgentConnection.connect("http://127.0.0.1:\(all)", token: world.token)
                    let hello = try await other.hello()
                    #expect(hello["interactions"]?.array?.count == 5)
                    await other.close()
                    try world.expectSilentLogs()
                }
            }
        }

        private static func ids(port: Int, token: String) async throws -> [String] {
            let client = try RESTClient("http://127.0.0.1:\(port)", token: token)
            let now = Timestamp.now
            var ids: [String] = []
            var page: String?
            repeat {
                let period = [
                    ("from", now.adding(.seconds(-600)).description), ("to", now.adding(.seconds(60)).description),
                ]
                let answer = try await client.get(
                    "/v1/interactions",
                    query: period.map { (name: $0.0, value: $0.1) } + [(name: "limit", value: "2")]
                        + (page.map { [(name: "page", value: $0)] } ?? []))
                ids += (answer["items"]?.array ?? []).compactMap { $0["id"]?.string }
                page = answer["next"]?.string
            } while page != nil && ids.count < 100
            return ids
        }
    }
}
