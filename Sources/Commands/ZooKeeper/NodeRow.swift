import Coordination
import Domain
import FoundationEssentials
import JSON

/// A node as it is printed. A value that is no UTF-8 text is shown in base64.
struct NodeRow: OutputRow {
    let node: NodeTree.Node

    var text: String? { String(validating: node.value, as: UTF8.self) }
    var owner: String? { node.owner == 0 ? nil : "0x" + String(UInt64(bitPattern: node.owner), radix: 16) }
    var modifiedAt: Timestamp { Timestamp(microseconds: node.modifiedAt * 1000) }
    var shown: String { text ?? "base64:" + Data(node.value).base64EncodedString() }

    static let columns = [
        OutputColumn<Self>("path") { $0.node.path }, OutputColumn("value") { $0.shown },
        OutputColumn("bytes", isNumber: true) { "\($0.node.value.count)" },
        OutputColumn("version", isNumber: true) { "\($0.node.version)" },
        OutputColumn("children", isNumber: true) { "\($0.node.children)" },
        OutputColumn("session") { $0.owner ?? "" }, OutputColumn("modified_at") { $0.modifiedAt.description },
    ]

    func write(to writer: inout JSONWriter) { writer.objectValue { writeMembers(to: &$0) } }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("path", node.path)
        if let text {
            writer.member("value", text)
        } else {
            writer.member("value_base64", Data(node.value).base64EncodedString())
        }
        writer.member("bytes", node.value.count)
        writer.member("version", Int(node.version))
        writer.member("children", node.children)
        writer.member("session", owner)
        writer.member("modified_at", modifiedAt.description)
    }
}
