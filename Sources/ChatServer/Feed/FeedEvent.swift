import AgentProtocol
import Domain
import Store

/// An event of the log on its way to sessions. Its frame is encoded once, whoever gets it.
struct FeedEvent: Sendable {
    let record: EventRecord
    let frame: [UInt8]

    init(_ record: EventRecord, epoch: String) {
        self.record = record
        frame = ServerFrame.event(
            record.type, cursor: Cursor(epoch: epoch, position: record.position), at: record.at,
            interaction: record.interaction, data: record.data)
    }
}

/// Who takes events from the feed.
protocol FeedSubscriber: AnyObject, Sendable {
    /// Events in the log's order. Never blocks; what does not fit is read from the log later.
    func deliver(_ events: [FeedEvent])
}
