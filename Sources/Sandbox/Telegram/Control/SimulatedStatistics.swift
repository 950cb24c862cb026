import JSON

/// What one bot did and was given.
package struct SimulatedStatistics: Sendable {
    /// By method in lower case, of all bots.
    package var calls: [String: Int]
    /// By method, then by status, of all bots. Calls without an answer are in `calls` alone.
    package var answers: [String: [Int: Int]]
    package var violations: [SimulatedViolation.Kind: Int]
    /// Messages in chats.
    package var sent: Int
    /// Calls of send and edit methods, those refused or struck by a fault among them.
    package var sends: Int
    /// The largest number of sends that began within any second, and within any tenth of a second.
    package var mostSendsInSecond: Int
    package var mostSendsInTenth: Int
    /// The same to one chat.
    package var mostSendsToOneChatInSecond: Int
    package var mostSendsToOneChatInTenth: Int
    /// Between the first send and the last.
    package var sendsPerSecond: Double
    package var updatesPending: Int
    package var updatesConfirmed: Int
    /// Lost because the queue was full, because they became too old, and by `drop_pending_updates`.
    package var updatesRefused: Int
    package var updatesExpired: Int
    package var updatesDroppedByRequest: Int
    package var conflicts: Int
}

extension TelegramWorld {
    func statistics(of bot: BotState) -> SimulatedStatistics {
        SimulatedStatistics(
            calls: calls, answers: answers, violations: violations.counts, sent: bot.sentCount, sends: bot.peaks.count,
            mostSendsInSecond: bot.peaks.inSecond, mostSendsInTenth: bot.peaks.inTenth,
            mostSendsToOneChatInSecond: bot.chats.values.reduce(0) { max($0, $1.peaks.inSecond) },
            mostSendsToOneChatInTenth: bot.chats.values.reduce(0) { max($0, $1.peaks.inTenth) },
            sendsPerSecond: bot.peaks.sustained, updatesPending: bot.queue.count, updatesConfirmed: bot.queue.confirmed,
            updatesRefused: bot.queue.dropped, updatesExpired: bot.queue.expired,
            updatesDroppedByRequest: bot.droppedByRequest, conflicts: bot.conflicts)
    }
}

extension SimulatedStatistics: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.object("calls") { for (name, count) in calls.sorted(by: { $0.key < $1.key }) { $0.member(name, count) } }
            $0.object("answers") {
                for (name, counts) in answers.sorted(by: { $0.key < $1.key }) {
                    $0.object(name) {
                        for (status, count) in counts.sorted(by: { $0.key < $1.key }) {
                            $0.member(String(status), count)
                        }
                    }
                }
            }
            $0.object("violations") {
                for kind in SimulatedViolation.Kind.allCases { $0.member(kind.rawValue, violations[kind] ?? 0) }
            }
            $0.member("sent", sent)
            $0.member("sends", sends)
            $0.member("mostSendsInSecond", mostSendsInSecond)
            $0.member("mostSendsInTenth", mostSendsInTenth)
            $0.member("mostSendsToOneChatInSecond", mostSendsToOneChatInSecond)
            $0.member("mostSendsToOneChatInTenth", mostSendsToOneChatInTenth)
            $0.member("sendsPerSecond", sendsPerSecond)
            $0.member("updatesPending", updatesPending)
            $0.member("updatesConfirmed", updatesConfirmed)
            $0.member("updatesRefused", updatesRefused)
            $0.member("updatesExpired", updatesExpired)
            $0.member("updatesDroppedByRequest", updatesDroppedByRequest)
            $0.member("conflicts", conflicts)
        }
    }
}

extension SimulatedViolation: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("kind", kind.rawValue)
            $0.member("bot", bot)
            $0.member("method", method)
            $0.member("detail", detail)
            $0.member("request", Int(request))
        }
    }
}

extension SimulatedMessage: JSONWritable {
    init(_ message: ChatMessage, in chat: Int64) {
        self.chat = chat
        messageID = message.id
        text = message.text
        at = message.at
        request = message.request
        replyTo = message.replyTo
        entities = message.content.first { $0.name == "entities" }.flatMap { try? JSONValue(parsing: $0.json) }
        replyMarkup = message.markupJSON.isEmpty ? nil : try? JSONValue(parsing: message.markupJSON)
        edits = message.edits
        isDeleted = message.isDeleted
        content = .object(
            message.content.compactMap { member in
                (try? JSONValue(parsing: member.json)).map { JSONMember(member.name, $0) }
            })
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("chat", chat)
            $0.member("message_id", messageID)
            $0.member("text", text)
            $0.member("at", at)
            $0.member("request", Int(request))
            $0.optional("reply_to", replyTo)
            $0.optional("entities", entities)
            $0.optional("reply_markup", replyMarkup)
            $0.member("edits", edits)
            $0.member("deleted", isDeleted)
            $0.member("content", content)
        }
    }
}
