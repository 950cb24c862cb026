import Domain

/// docs/channels.md, made from the capability tables.
enum ChannelGuide {
    static var markdown: String {
        """
        # What each channel can do

        Made from the capability tables that stand beside the connectors; \
        `make generate` writes it anew. `eralink channels` prints the matrix, \
        `eralink channels --account NAME` what one account can do with the limits that its settings give it.

        ## The matrix

        Y: yes. P: "possible" in the product's description, and there. –+: more than the description promises. –: the \
        messenger has no such thing, and a send of it is refused with `unsupported`; with `"adapt":"fallback"` something \
        readable goes out instead, where there is such a thing.

        \(table(["function"] + ChannelRow.kinds.map(\.rawValue), matrix))

        ## Limits

        Defaults; `text_limit` and `rate` are settings of an account. Lengths are counted in the unit given.

        \(table(["limit"] + ChannelRow.kinds.map(\.rawValue), limits))

        ## Files

        What is sent as what, and up to how many bytes; "all" takes any type.

        \(table(["kind", "channel", "types", "bytes", "caption"], files))

        """
    }

    private static var matrix: [[String]] {
        ChannelRow.all { Channels.table($0) }.map { row in
            [row.function] + ChannelRow.kinds.map { row.marks[$0]?.rawValue ?? "" }
        }
    }

    private static var limits: [[String]] {
        func row(_ name: String, _ value: (Capabilities) -> String) -> [String] {
            [name] + ChannelRow.kinds.map { value(Channels.table($0)) }
        }
        return [
            row("text") { "\($0.textMax) \($0.textUnit.rawValue)" },
            row("sends a second") { $0.rate.map(number) ?? "–" },
            row("reply keyboard") { layout($0.keyboards.reply) },
            row("inline keyboard") { layout($0.keyboards.inline) },
            row("album") { $0.albumMax > 1 ? "\($0.albumMax)" : "–" },
            row("edits and deletions within") { channel in
                guard channel.edit || channel.delete else { return "–" }
                return channel.maxAgeSeconds.map { "\($0 / 3600) h" } ?? "any time"
            },
            row("window after the customer's message") { $0.windowHours.map { "\($0) h" } ?? "–" },
        ]
    }

    private static var files: [[String]] {
        MediaKind.allCases.map(\.messageKind).flatMap { kind in
            ChannelRow.kinds.compactMap { account -> [String]? in
                guard let table = Channels.table(account).kinds[kind], table.send.isNative else { return nil }
                return [
                    kind.rawValue, account.rawValue, table.mime.isEmpty ? "all" : table.mime.joined(separator: " "),
                    table.maxBytes.map { "\($0)" } ?? "–", table.captionMax.map { "\($0)" } ?? "–",
                ]
            }
        }
    }

    private static func layout(_ layout: Capabilities.Layout?) -> String {
        guard let layout else { return "–" }
        let size = [layout.rows, layout.perRow].map { $0.map { "\($0)" } ?? "any" }.joined(separator: "×")
        let total = layout.total.map { ", \($0) in all" } ?? ""
        return "\(size)\(total): \(layout.kinds.map(\.rawValue).joined(separator: ", "))"
    }

    private static func number(_ rate: Double) -> String {
        rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
