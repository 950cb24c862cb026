import ConnectorKit
import Domain

/// One case of what goes to a messenger: what Eralink wants → the exact requests, and the outcomes that the scripted answers
/// lead to.
package struct OutgoingRow: Sendable, CustomStringConvertible {
    package enum Given: Sendable {
        case part(OutgoingPart)
        case album([OutgoingPart])
        case action(OutgoingAction)
        case download(String)
        case avatar(chat: String)
        case typing(chat: String)
        case open
        /// Several, one after the other, on one connector.
        indirect case all([Given])
    }

    package var label: String
    package var given: Given
    package var files: [StandInFiles.Stored]
    package var publicURL: String?
    package var exchanges: [TableExchange]
    /// One word or two for each: `sent 52`, `throttled 14`, `refused too_long`, `blocked customer_blocked`, `notTaken CODE`,
    /// `ambiguous CODE`, `accountRefused CODE`, `moved -100`; of actions `done`, `again CODE` and the like; of a download `done
    /// NAME MIME BYTES`, `gone CODE`, `again CODE [SECONDS]`; of an avatar its source, `none`, or the failure's kind; of `open` the
    /// identity's id and name; nothing of typing.
    package var expected: [String]
    /// What is remembered of files, as `StandInFiles.remembered` gives it; nil: not looked at.
    package var remembered: [String]?

    package init(
        _ label: String, _ given: Given, files: [StandInFiles.Stored] = [], publicURL: String? = nil,
        _ exchanges: [TableExchange], _ expected: String..., remembered: [String]? = nil
    ) {
        self.label = label
        self.given = given
        self.files = files
        self.publicURL = publicURL
        self.exchanges = exchanges
        self.expected = expected
        self.remembered = remembered
    }

    package var description: String { label }
}

extension OutgoingRow.Given {
    /// The outcomes in brief, and all texts that people or logs get to see.
    func perform(on connector: any MessengerConnector) async -> (outcomes: [String], texts: [String]) {
        switch self {
        case .part(let part):
            let report = await connector.send(part)
            return ([report.outcome.brief], ["\(report)"])
        case .album(let parts):
            let reports = await connector.sendAlbum(parts)
            return (reports.map(\.outcome.brief), reports.map { "\($0)" })
        case .action(let action):
            let report = await connector.perform(action)
            return ([report.outcome.brief], ["\(report)"])
        case .download(let source):
            let sink = StandInSink()
            let outcome = await connector.download(source, into: sink)
            return ([outcome.brief(sink.taken)], ["\(outcome)"])
        case .avatar(let chat):
            do throws(ConnectorFailure) {
                let source = try await connector.avatarSource(of: chat)
                return ([source ?? "none"], [source ?? ""])
            } catch {
                return (["\(error.kind)"], ["\(error)"])
            }
        case .typing(let chat):
            await connector.showTyping(in: chat)
            return ([], [])
        case .open:
            do throws(ConnectorFailure) {
                let identity = try await connector.open()
                return (["\(identity.externalID) \(identity.name)"], ["\(identity)"])
            } catch {
                return (["\(error.kind)"], ["\(error)"])
            }
        case .all(let steps):
            var outcomes: [String] = []
            var texts: [String] = []
            for step in steps {
                let result = await step.perform(on: connector)
                outcomes += result.outcomes
                texts += result.texts
            }
            return (outcomes, texts)
        }
    }
}

extension SendOutcome {
    /// The outcome in a word or two, without the sentence of its reason.
    package var brief: String {
        switch self {
        case .sent(let id): "sent \(id)"
        case .throttled(let wait): "throttled \(wait.components.seconds)"
        case .refused(let reason, let blocked): "\(blocked ? "blocked" : "refused") \(reason.code)"
        case .notTaken(let reason): "notTaken \(reason.code)"
        case .ambiguous(let reason): "ambiguous \(reason.code)"
        case .accountRefused(let reason): "accountRefused \(reason.code)"
        case .moved(let chat): "moved \(chat)"
        }
    }
}

extension ActionOutcome {
    /// The outcome in a word or two, without the sentence of its reason.
    package var brief: String {
        switch self {
        case .done: "done"
        case .throttled(let wait): "throttled \(wait.components.seconds)"
        case .refused(let reason): "refused \(reason.code)"
        case .again(let reason): "again \(reason.code)"
        case .accountRefused(let reason): "accountRefused \(reason.code)"
        }
    }
}

extension DownloadOutcome {
    /// The outcome in a word or two, without the sentence of its reason.
    func brief(_ taken: StandInSink.Taken) -> String {
        switch self {
        case .done: "done \(taken.name ?? "-") \(taken.mime ?? "-") \(taken.bytes.count)"
        case .gone(let reason): "gone \(reason.code)"
        case .again(let reason, nil): "again \(reason.code)"
        case .again(let reason, let wait?): "again \(reason.code) \(wait.components.seconds)"
        }
    }
}
