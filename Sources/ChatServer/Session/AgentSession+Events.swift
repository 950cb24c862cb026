import AgentProtocol
import Domain
import Logging
import Store
import Synchronization
import Web

// Events on their way to the socket: from the inbox while the session keeps up, from the log while it does not.
extension AgentSession {
    nonisolated func deliver(_ events: [FeedEvent]) {
        let mustWake = inbox.withLock { $0.append(events) }
        // It runs until the inbox is empty, and ends by itself.
        if mustWake { Task { await pump() } }
    }

    /// Writes what waits, at the socket's pace. There is at most one pump.
    func pump() async {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while case .open = phase {
            if inbox.withLock({ $0.isReadingLog }) {
                guard await readLog() else { return }
                continue
            }
            guard let event = inbox.withLock({ $0.pop() }) else { return }
            // What was read from the log already comes again where the feed was behind it.
            if event.record.position > position { await write(event) }
        }
    }

    private func write(_ event: FeedEvent) async {
        position = event.record.position
        lastEventAt = .now
        connection.send(event.frame)
        if !connection.isWritable { await writable() }
    }

    /// Feeds the session from the log until it has caught up. False: it is over.
    private func readLog() async -> Bool {
        while case .open = phase {
            let records: [EventRecord]
            do throws(EralinkError) {
                records = try await server.store.events(after: position, limit: EventFeed.page)
            } catch {
                logger.warning("a session cannot read the log", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(500))
                continue
            }
            for record in records {
                guard case .open = phase else { return false }
                if filter.admits(record) {
                    await write(FeedEvent(record, epoch: server.feed.epoch))
                } else {
                    position = record.position
                }
            }
            if records.count < EventFeed.page, await joinFeed() { return true }
        }
        return false
    }

    /// Goes over to live events, if nothing came meanwhile.
    private func joinFeed() async -> Bool {
        // Live first, so that what is handed out right after joining is kept; not joined means back to the log.
        inbox.withLock { $0.becomeLive() }
        let joined = filter
        guard await server.feed.join(id, at: position, filter: joined, self) else {
            inbox.withLock { $0.fallBehind() }
            return false
        }
        guard case .open = phase else {
            await server.feed.leave(id)
            return false
        }
        if filter != joined { _ = await server.feed.change(id, filter: filter) }
        if !isLive {
            isLive = true
            sendLive()
        }
        return true
    }

    private func sendLive() {
        lastEventAt = .now
        connection.send(
            ServerFrame.event(
                .live, cursor: Cursor(epoch: server.feed.epoch, position: position), at: server.clock(),
                interaction: nil, data: AgentResult.empty))
    }

    /// `live` comes again after 10 minutes without other events, so that an idle client's cursor stays fresh.
    func considerLive() async {
        guard case .open = phase, isLive, ContinuousClock.now - lastEventAt >= .seconds(600) else { return }
        let reached = await server.feed.position
        // Everything up to there that is this session's has been delivered by then: the feed hands out before it moves on.
        guard case .open = phase, !isPumping, inbox.withLock({ $0.events.isEmpty && !$0.isReadingLog }) else { return }
        position = max(position, reached)
        sendLive()
    }

    /// An event without a cursor: told now or, where the socket is full, never.
    nonisolated func tell(_ type: EventType, interaction: InteractionID?, data: [UInt8]) {
        guard connection.isWritable else { return }
        connection.send(
            ServerFrame.event(type, cursor: nil, at: server.clock(), interaction: interaction, data: data))
    }

    private func writable() async {
        await withCheckedContinuation { waiter in
            if connection.isWritable || phase == .closed { waiter.resume() } else { writableWaiters.append(waiter) }
        }
    }

    func resumeWriters() {
        let waiters = writableWaiters
        writableWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
