import Glibc
import Testing

@testable import Commands

@Suite("Words for the service manager")
struct ServiceNotifierTests {
    @Test("systemd is told readiness, state, life and the end, one datagram each")
    func datagrams() async throws {
        try await ScratchDirectory.with { scratch in
            let socket = try DatagramSocket(path: "\(scratch.path)/notify")
            defer { socket.close() }
            let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": "\(scratch.path)/notify"])
            notifier.ready(status: "listening at 127.0.0.1:8080\nREADY=0")
            notifier.alive()
            notifier.stopping()
            #expect(socket.receive() == "READY=1\nSTATUS=listening at 127.0.0.1:8080 READY=0")
            #expect(socket.receive() == "WATCHDOG=1")
            #expect(socket.receive() == "STOPPING=1")
        }
    }

    @Test(
        "nothing happens where nobody listens",
        arguments: [[:], ["NOTIFY_SOCKET": "/nonexistent/x"], ["NOTIFY_SOCKET": "relative"]])
    func nobody(environment: [String: String]) {
        ServiceNotifier(environment: environment).ready(status: "x")
    }

    @Test(
        "the watchdog is served twice in its time, when it is meant for this process",
        arguments: [
            (["WATCHDOG_USEC": "30000000"], Duration.seconds(15)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil),
            ([:], nil),
        ] as [([String: String], Duration?)])
    func watchdog(environment: [String: String], interval: Duration?) {
        #expect(ServiceNotifier(environment: environment).watchdogInterval == interval)
    }
}
