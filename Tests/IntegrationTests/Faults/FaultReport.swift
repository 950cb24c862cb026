import FoundationEssentials
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

    mutating func count(_ outcome: Revisions.Outcome) {
        count(outcome.legs)
        lost += outcome.undone.count
    }

    mutating func took(_ recovery: FaultRecovery) {
        incoming = max(incoming, recovery.incoming)
        outgoing = max(outgoing, recovery.outgoing)
    }

    /// Prints the row, and adds it to the file that `ERALINK_FAULT_REPORT` names, as a row of a Markdown table.
    func publish() throws {
        let row =
            "| \(name) | \(times) | \(texts) | \(lost) | \(doubled) | \(disordered) | \(Self.seconds(incoming)) "
            + "| \(Self.seconds(outgoing)) | \(Self.seconds(limit)) | \(notes.joined(separator: "; ")) | \(seed) |"
        print(row)
        guard let path = ProcessInfo.processInfo.environment["ERALINK_FAULT_REPORT"] else { return }
        let url = URL(filePath: path)
        let before = (try? Data(contentsOf: url)) ?? Data()
        try (before + Data((row + "\n").utf8)).write(to: url)
    }

    private static func seconds(_ duration: Duration) -> Double {
        (Double(duration / .milliseconds(10)).rounded()) / 100
    }
}
