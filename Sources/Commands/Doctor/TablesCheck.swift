import Store

/// Whether the tables that should stay small do, and whether old rows go.
enum TablesCheck {
    static func judge(_ figures: TableFigures) -> [Diagnosis] {
        var found: [Diagnosis] = []
        if figures.inboxAge > 30 {
            found.append(
                .failed(
                    "inbox",
                    "\(figures.inbox) rows wait, the oldest for \(Int(figures.inboxAge)) s: no ChatServer takes them",
                    "start one with \"eralink serve chat\", or look at its log"))
        } else if figures.inboxAge > 5 {
            found.append(
                .warning(
                    "inbox", "\(figures.inbox) rows wait, the oldest for \(Int(figures.inboxAge)) s",
                    "ChatServers do not keep up: look at the database's load, or start another"))
        }
        if figures.inboxBroken > 0 {
            found.append(
                .warning(
                    "inbox", "\(figures.inboxBroken) rows could not be taken and were set aside",
                    "\"eralink db inbox\" takes them again or removes them; the ChatServers' logs say why"))
        }
        if found.isEmpty { found.append(.ok("inbox", "\(figures.inbox) rows")) }
        return found + upkeep(figures)
    }

    private static func upkeep(_ figures: TableFigures) -> [Diagnosis] {
        var problems: [String] = []
        if figures.eventsUnpartitioned || !figures.hasNextPartition {
            problems.append("event has no partition for the coming day")
        }
        if figures.messagesUnpartitioned { problems.append("message has rows outside of its partitions") }
        if figures.seenDays > 32 { problems.append("seen holds rows of \(Int(figures.seenDays)) days, of 30") }
        if figures.attemptDays > 32 { problems.append("attempt holds rows of \(Int(figures.attemptDays)) days, of 30") }
        guard !problems.isEmpty else { return [.ok("upkeep", "partitions are made ahead, old rows go")] }
        return [
            .warning(
                "upkeep", problems.joined(separator: "; "),
                "a ChatServer does it every hour: keep one running, and look at its log for \"upkeep\"")
        ]
    }
}
