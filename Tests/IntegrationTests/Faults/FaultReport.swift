import FoundationEssentials
import JSON
import Synchronization
import TestSupport

/// Remarks of a scenario for its row.
final class FaultNotes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { if !$0.contains(line) { $0.append(line) } } }
}

/// What a scenario came to: a row of docs/reliability.md.
struct FaultRow: Sendable {
    var name: String
    var seed: UInt64
    var times: Int
    var texts = 0
    var lost = 0
    var doubled = 0
    var disordered = 0
    /// The longest of the strikes, each way.
    var incoming = Duration.zero
    var outgoing = Duration.zero
    var limit: Duration
    var notes: [String] = []

    mutating func count(_ legs: [Leg]) {
        for leg in legs {
            lost += leg.lost.count
            doubled += leg.doubled.count
            disordered += leg.disordered.count + leg.strange.count
        }
    }

    mutating func took(_ recovery: FaultRecovery) {
        incoming = max(incoming, recovery.incoming)
        outgoing = max(outgoing, recovery.outgoing)
    }

    /// Prints the row, and adds it to the file that `ERALINK_FAULT_REPORT` names.
    func publish() throws {
        let line = JSONWriter.object {
            $0.member("fault", name)
            $0.member("seed", String(seed))
            $0.member("times", times)
            $0.member("texts", texts)
            $0.member("lost", lost)
            $0.member("doubled", doubled)
            $0.member("disordered", disordered)
            $0.member("incoming_s", Self.seconds(incoming))
            $0.member("outgoing_s", Self.seconds(outgoing))
            $0.member("limit_s", Self.seconds(limit))
            $0.member("notes", notes.joined(separator: "; "))
        }
        print(String(decoding: line, as: UTF8.self))
        guard let path = ProcessInfo.processInfo.environment["ERALINK_FAULT_REPORT"] else { return }
        let url = URL(filePath: path)
        let before = (try? Data(contentsOf: url)) ?? Data()
        try (before + Data(line + [UInt8(ascii: "\n")])).write(to: url)
    }

    private static func seconds(_ duration: Duration) -> Double {
        (Double(duration / .milliseconds(10)).rounded()) / 100
    }
}
