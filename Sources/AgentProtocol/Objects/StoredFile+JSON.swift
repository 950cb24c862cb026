import Domain
import JSON

extension FileState: JSONWritable {}

extension StoredFile: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("file", id)
            $0.member("account", account)
            $0.member("state", state)
            $0.member("name", name)
            $0.member("mime", mime)
            $0.member("size", size)
            $0.member("sha256", sha256)
            $0.optional("reason", reason)
        }
    }
}
