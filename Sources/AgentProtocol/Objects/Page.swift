import Domain
import JSON

/// A page of a list: `{items, next}`, items encoded already.
package struct Page: Sendable, Equatable, JSONWritable {
    package var items: [[UInt8]]
    package var next: Next

    package enum Next: Sendable, Equatable {
        case end
        /// `interactions.list`
        case page(PageToken)
        /// `messages.list`: to be passed as the same bound.
        case seq(Int64)
    }

    package init(items: [[UInt8]], next: Next) {
        self.items = items
        self.next = next
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.array("items") { for item in items { $0.raw(item) } }
            switch next {
            case .end: $0.null("next")
            case .page(let token): $0.member("next", token.text)
            case .seq(let seq): $0.member("next", seq)
            }
        }
    }

    /// Bytes that a page's items may take with their commas, so that its frame, with the longest id and cursor, keeps
    /// `max_frame_bytes`.
    package static let itemBytes = AgentLimits.maxFrameBytes - 2048

    /// How many items, from the beginning, fit into one frame; at least one.
    package static func fitting(_ sizes: some Sequence<Int>, within budget: Int = itemBytes) -> Int {
        var count = 0
        var bytes = 0
        for size in sizes {
            bytes += size + 1
            if bytes > budget, count > 0 { break }
            count += 1
        }
        return count
    }
}
