import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// Sends parts and albums. One attempt may take several calls, each of them only after the one before was certainly not taken.
struct TelegramSender: Sendable {
    let api: TelegramAPI
    let files: any OutgoingFiles
    let timeout: Duration
    let moves: TelegramMoves

    /// More amendments than there are ways to send something would be a circle.
    private static let mostCalls = 8

    private struct Stop: Error {
        var outcome: SendOutcome
    }

    func send(_ part: OutgoingPart) async -> SendReport {
        var trail = TelegramTrail(hiding: api.token)
        do throws(Stop) {
            let outcome = try await send(attempt(for: part), &trail)
            return trail.report(outcome)
        } catch {
            return trail.report(error.outcome)
        }
    }

    private func send(_ first: TelegramAttempt, _ trail: inout TelegramTrail) async throws(Stop) -> SendOutcome {
        var attempt = first
        var number = 1
        while true {
            let exchange = try await exchange(
                unlessUnsendable { () throws(TelegramUnsendable) in try attempt.call() }, &trail)
            if case .error(let error) = exchange.answer, number < Self.mostCalls, amend(&attempt, error) {
                number += 1
                continue
            }
            if case .result(let range) = exchange.answer { await remember(exchange.body[range], attempt) }
            return TelegramVerdict.outcome(of: exchange.answer, body: exchange.body)
        }
    }

    private func amend(_ attempt: inout TelegramAttempt, _ error: TelegramError) -> Bool {
        let chat = attempt.chat
        guard attempt.amend(after: error) else { return false }
        moves.note(from: chat, to: attempt.chat)
        return true
    }

    // MARK: albums

    func sendAlbum(_ parts: [OutgoingPart]) async -> [SendReport] {
        var trail = TelegramTrail(hiding: api.token)
        do throws(Stop) {
            var attempts: [TelegramAttempt] = []
            for part in parts { attempts.append(try await attempt(for: part)) }
            if let outcomes = try await sendTogether(attempts, &trail) { return outcomes.map(trail.report) }
            return await sendApart(parts)
        } catch {
            // A file of one of them is missing, or no answer came: of the former the others shall not suffer.
            if trail.isEmpty { return await sendApart(parts) }
            return parts.map { _ in trail.report(error.outcome) }
        }
    }

    /// Nil where nothing went out and the parts are better sent one by one.
    private func sendTogether(
        _ first: [TelegramAttempt], _ trail: inout TelegramTrail
    ) async throws(Stop) -> [SendOutcome]? {
        var attempts = first
        for number in 1...Self.mostCalls {
            guard let album = TelegramAlbum(attempts), let call = try? album.call() else { return nil }
            let exchange = try await exchange(call, &trail)
            if case .error(let error) = exchange.answer, (TelegramAlbum.failedItem(error) ?? 1) == 1,
                number < Self.mostCalls
            {
                var isAmended = false
                for index in attempts.indices where amend(&attempts[index], error) { isAmended = true }
                if isAmended { continue }
            }
            if case .result(let range) = exchange.answer { await remember(album: exchange.body[range], attempts) }
            return TelegramAlbum.outcomes(of: exchange.answer, body: exchange.body, count: attempts.count)
        }
        return nil
    }

    /// One by one, in order: none overtakes one that must be repeated.
    private func sendApart(_ parts: [OutgoingPart]) async -> [SendReport] {
        var reports: [SendReport] = []
        var obstacle: SendOutcome?
        for part in parts {
            if let obstacle {
                reports.append(TelegramTrail(hiding: api.token).report(obstacle))
                continue
            }
            let report = await send(part)
            reports.append(report)
            switch report.outcome {
            case .sent, .refused: break
            case .notTaken(let reason), .ambiguous(let reason): obstacle = .notTaken(reason)
            case .throttled, .accountRefused, .moved: obstacle = report.outcome
            }
        }
        return reports
    }

    // MARK: pieces

    private func attempt(for part: OutgoingPart) async throws(Stop) -> TelegramAttempt {
        let file = try await file(of: part)
        var attempt = try unlessUnsendable { () throws(TelegramUnsendable) in try TelegramAttempt(part, file: file) }
        attempt.chat = moves.current(attempt.chat)
        return attempt
    }

    private func unlessUnsendable<Value>(_ body: () throws(TelegramUnsendable) -> Value) throws(Stop) -> Value {
        do throws(TelegramUnsendable) { return try body() } catch {
            throw Stop(outcome: .refused(error.reason, blocked: false))
        }
    }

    /// The stored file of a media part.
    private func file(of part: OutgoingPart) async throws(Stop) -> OutgoingFile? {
        guard case .media(_, let media) = part.content else { return nil }
        do throws(EralinkError) {
            return try await files.file(media.file)
        } catch {
            let reason = TelegramVerdict.reason(
                error.code == .notFound ? "file_not_found" : "file_unavailable", error.message)
            // A file that is still on its way, or a database that is away.
            let isPassing = error.retryable || error.details.contains(.init("state", FileState.pending.rawValue))
            throw Stop(outcome: isPassing ? .notTaken(reason) : .refused(reason, blocked: false))
        }
    }

    private func exchange(
        _ call: TelegramCall, _ trail: inout TelegramTrail
    ) async throws(Stop) -> TelegramAPI.Exchange {
        trail.asked(call)
        do throws(HTTPFetchError) {
            let exchange = try await api.call(
                call, timeout: timeout + TelegramAPI.uploadTime(call.uploadedBytes), repeatable: false, files: files)
            trail.answered(exchange)
            return exchange
        } catch {
            throw Stop(outcome: TelegramVerdict.outcome(of: error))
        }
    }

    /// What Telegram calls an uploaded file from now on.
    private func remember(_ message: ArraySlice<UInt8>, _ attempt: TelegramAttempt) async {
        guard let name = attempt.mediaMethod?.name, let file = attempt.file, attempt.reference == nil,
            let sent = try? JSONValue(parsing: message, limits: .init(invalidUTF8: .replace)), let member = sent[name],
            let id = TelegramMedia.identifier((name == "photo" ? TelegramMedia.largest(member) : member)?["file_id"])
        else { return }
        await files.remember(id, of: file.id, as: name)
    }

    private func remember(album: ArraySlice<UInt8>, _ attempts: [TelegramAttempt]) async {
        let bytes = Array(album)
        let elements = (try? JSONSplitter.elements(of: bytes)) ?? []
        for (element, attempt) in zip(elements, attempts) { await remember(bytes[element], attempt) }
    }
}
