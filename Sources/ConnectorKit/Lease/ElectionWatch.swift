import Coordination
import Synchronization

/// Knows whether this member is the next to try for the account's lease, and wakes it when it becomes so.
final class ElectionWatch: Sendable {
    private let coordination: any Coordination
    private let settings: ConnectorService.Settings
    private let alarm: Alarm
    private let first = Mutex(false)
    private let again = Alarm()

    init(coordination: any Coordination, settings: ConnectorService.Settings, alarm: Alarm) {
        self.coordination = coordination
        self.settings = settings
        self.alarm = alarm
    }

    var isFirst: Bool { first.withLock { $0 } }

    /// Stands in line again after having resigned.
    func standAgain() { again.ring() }

    func run() async {
        while !Task.isCancelled {
            for await isFirst in coordination.candidacy(account: settings.account, id: settings.member) {
                first.withLock { $0 = isFirst }
                if isFirst { alarm.ring() }
            }
            first.withLock { $0 = false }
            await again.wait(until: .now + .seconds(1))
        }
    }
}

/// Raised once, seen by all.
final class Flag: Sendable {
    private let raised = Mutex(false)
    var isRaised: Bool { raised.withLock { $0 } }
    func raise() { raised.withLock { $0 = true } }
}
