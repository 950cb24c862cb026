import Domain
import Glibc
import HTTPFetch
import JSON
import Sandbox

/// What a large file costs a connector on its way in and out, and how fast it goes out, beside nginx with the same file on disk.
enum FilesBench {
    static func run(_ world: BenchWorld, _ report: BenchReport) async throws {
        let account = world.accounts[0].name
        let daemon = try world.daemon("connector-\(account)")
        let base = "http://127.0.0.1:\(try await daemon.ready())"
        var configuration = HTTPFetchConfiguration(name: "files")
        configuration.maxTransfers = 32
        configuration.maxConnectionsPerHost = 32
        let fetcher = HTTPFetcher(configuration)
        do {
            let client = FileClient(base: base, account: account, token: world.agentToken, fetcher: fetcher)
            // The first use of anything costs memory that it keeps.
            _ = try await client.download(try await client.upload(1 << 20))
            try await measure(client, daemon.pid, world, report)
            await fetcher.close()
        } catch {
            await fetcher.close()
            throw error
        }
    }

    private static func measure(
        _ client: FileClient, _ pid: pid_t, _ world: BenchWorld, _ report: BenchReport
    ) async throws {
        let size = world.plan.fileBytes
        let megabytes = Double(size) / 1e6
        let what = "\(size / 1_000_000) MB"

        var peak = PeakMemory(pid)
        var began = ContinuousClock.now
        let file = try await client.upload(size)
        report.add("files.upload_memory", peak.extraMiB, "MiB", "extra, \(what); goal at most 32")
        report.add("files.upload_rate", megabytes / ((ContinuousClock.now - began) / .seconds(1)), "MB/s")

        peak = PeakMemory(pid)
        began = ContinuousClock.now
        guard try await client.download(file) == size else { throw BenchFailure("a download was cut") }
        let rate = megabytes / ((ContinuousClock.now - began) / .seconds(1))
        report.add("files.download_memory", peak.extraMiB, "MiB", "extra, \(what); goal at most 32")
        report.add("files.download_rate", rate, "MB/s")

        peak = PeakMemory(pid)
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask { try await client.read(file, chunks: 40, every: .milliseconds(100)) }
            }
            try await group.waitForAll()
        }
        report.add("files.slow_readers_memory", peak.extraMiB, "MiB", "extra, ten of them; goal at most 64")

        if let floor = try await nginx(size, world) {
            report.add("floor.nginx_download", floor, "MB/s", "the same size, from disk")
            report.add("files.download_ratio", rate / floor, "×", "of nginx; goal 0.5")
        }
    }

    /// Megabytes a second of nginx with a file of that size; nil where it is not installed.
    private static func nginx(_ size: Int, _ world: BenchWorld) async throws -> Double? {
        let directory = world.installation.directory
        try FileClient.write(size, to: "\(directory)/floor.bin")
        guard let port = try await world.installation.startFileServer(of: "floor.bin") else { return nil }
        let fetcher = HTTPFetcher(HTTPFetchConfiguration(name: "floor"))
        let client = FileClient(base: "http://127.0.0.1:\(port)", account: "", token: "", fetcher: fetcher)
        _ = try await client.fetch("/floor.bin")
        let began = ContinuousClock.now
        let got = try await client.fetch("/floor.bin")
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        await fetcher.close()
        guard got == size else { throw BenchFailure("nginx gave \(got) bytes of \(size)") }
        return Double(size) / 1e6 / seconds
    }
}

/// How far a process's memory rose above what it was when this was made.
struct PeakMemory {
    private let pid: pid_t
    private let before: Double

    init(_ pid: pid_t) {
        self.pid = pid
        before = ProcessUse.residentKiB(pid)
        // The kernel's own mark of the highest begins anew (proc(5), clear_refs).
        if let file = fopen("/proc/\(pid)/clear_refs", "we") {
            fputs("5", file)
            fclose(file)
        }
    }

    var extraMiB: Double { max(0, ProcessUse.peakKiB(pid) - before) / 1024 }
}

/// Files of any size that take no memory here.
struct FileClient: Sendable {
    let base: String
    let account: String
    let token: String
    let fetcher: HTTPFetcher

    private var headers: HTTPHeaders { token.isEmpty ? [:] : ["Authorization": "Bearer \(token)"] }

    func upload(_ size: Int) async throws -> String {
        let answer = try await fetcher.fetch(
            HTTPRequest(
                .post, "\(base)/files/\(account)?name=big.bin", headers: headers,
                body: .stream(length: size, Noise(count: size)), timeouts: HTTPTimeouts(total: .seconds(600)),
                label: "upload"))
        guard answer.status == 201, let file = try JSONValue(parsing: answer.body)["file"]?.string else {
            throw BenchFailure("the upload was answered \(answer.status): \(answer.text)")
        }
        return file
    }

    func download(_ file: String) async throws -> Int { try await fetch("/files/\(account)/\(file)") }

    func fetch(_ path: String) async throws -> Int {
        try await open(path) { body in
            var count = 0
            for try await chunk in body { count += chunk.count }
            return count
        }
    }

    /// Takes so many chunks, with a pause before each, and goes.
    func read(_ file: String, chunks: Int, every pause: Duration) async throws {
        _ = try await open("/files/\(account)/\(file)") { body in
            var left = chunks
            for try await _ in body {
                left -= 1
                if left == 0 { break }
                try await Task.sleep(for: pause)
            }
            return 0
        }
    }

    private func open(_ path: String, _ body: (HTTPBodyStream) async throws -> Int) async throws -> Int {
        try await fetcher.fetch(
            HTTPRequest(
                .get, base + path, headers: headers, timeouts: HTTPTimeouts(total: .seconds(600)),
                maxResponseBytes: 1 << 30, label: "download")
        ) { head, stream in
            guard head.status == 200 else { throw BenchFailure("\(path) was answered \(head.status)") }
            return try await body(stream)
        }
    }

    static func write(_ size: Int, to path: String) throws {
        guard let file = fopen(path, "we") else { throw BenchFailure("cannot write \(path)") }
        defer { fclose(file) }
        var left = size
        while left > 0 {
            let count = min(left, Noise.block.count)
            guard fwrite(Noise.block, 1, count, file) == count else { throw BenchFailure("cannot write \(path)") }
            left -= count
        }
    }
}

/// Bytes that nobody can compress, in blocks of 256 KiB.
private struct Noise: AsyncSequence, Sendable {
    static let block: [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        return (0..<(256 << 10)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }()

    let count: Int

    struct Iterator: AsyncIteratorProtocol {
        var left: Int

        mutating func next() async throws -> [UInt8]? {
            guard left > 0 else { return nil }
            let block = left >= Noise.block.count ? Noise.block : Array(Noise.block.prefix(left))
            left -= block.count
            return block
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(left: count) }
}
