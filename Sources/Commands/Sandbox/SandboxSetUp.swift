import Domain
import JSON
import Sandbox

/// Makes an installation ready: key, schema, an account at the simulated messenger, tokens, daemons. Each step is told.
struct SandboxSetUp {
    let installation: Installation
    let telegram: SimulatedTelegram
    let report: DemoReport

    struct Ports {
        var chat: Int
        var loader: Int
        /// Of the connector that polls, and of its standby.
        var connectors: [Int]
        /// Of nginx, where it is installed.
        var proxy: Int?

        /// Where agents reach files.
        var files: String { "http://127.0.0.1:\(proxy ?? connectors.first ?? 0)" }
    }

    func prepare() async throws {
        try await installation.run(["key", "create", "\(installation.directory)/eralink.key"])
        let schema = try await installation.run(["db", "migrate"])
        try report.step("eralink key create, db migrate", ["schema": "\(schema["schema"]?.int64 ?? 0)"])
        let bot = try telegram.createBot()
        let tokenFile = try installation.write(bot.token + "\n", to: "telegram.token")
        try await installation.run([
            "account", "add", "telegram", "--name", "support", "--token-file", tokenFile, "--api-url",
            telegram.baseURL,
        ])
        try report.step("eralink account add telegram --name support", ["bot": "@\(bot.username)"])
    }

    /// A new token.
    func token(of name: String, scope: String) async throws -> String {
        let made = try await installation.run(["token", "create", "--name", name, "--scope", scope])
        guard let id = made["id"]?.string, let token = made["token"]?.string else {
            throw EralinkError(.internal, "token create gave no token")
        }
        try report.step("eralink token create --name \(name) --scope \(scope)", ["id": id])
        return token
    }

    func startDaemons() async throws -> Ports {
        let chat = try installation.start("chat", ["serve", "chat", "--port", "0"])
        let loader = try installation.start("loader", ["serve", "loader", "--port", "0"])
        let connectors = try ["connector-1", "connector-2"].map { name in
            try installation.start(
                name, ["connector", "run", "telegram", "--account", "support", "--port", "0"])
        }
        var ports = Ports(chat: try await chat.ready(), loader: try await loader.ready(), connectors: [])
        try report.step("eralink serve chat is ready", ["port": "\(ports.chat)", "pid": "\(chat.pid)"])
        try report.step("eralink serve loader is ready", ["port": "\(ports.loader)", "pid": "\(loader.pid)"])
        for connector in connectors { ports.connectors.append(try await connector.ready()) }
        try await telegram.wait(for: .polling, seconds: 30)
        let active = connectors.first { $0.log.first("holding the lease") != nil }
        try report.step(
            "two eralink connector run telegram are ready: one polls, the other stands by",
            [
                "active": active?.name ?? "?", "pids": connectors.map { "\($0.pid)" }.joined(separator: ","),
            ])
        ports.proxy = try await installation.startProxy()
        if let proxy = ports.proxy {
            try report.step("eralink proxy nginx: nginx is the entry point", ["port": "\(proxy)"])
        } else {
            try report.step("nginx is not installed: files go to the connector itself")
        }
        return ports
    }
}
