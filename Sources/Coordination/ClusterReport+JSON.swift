import Domain
import JSON

/// The form of cli.md, `zk status -o json`.
extension ClusterReport: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("quorum", quorum)
            $0.member("members", members)
            $0.member("sessions", sessions)
            $0.member("components", components)
            $0.member("leases", leases)
            $0.member("signals", signals)
            $0.member("tree", branches)
            $0.member("findings", findings)
        }
    }
}

extension ClusterReport.Member: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("address", address)
            $0.member("mode", mode)
            $0.member("version", version)
            $0.member("latency_ms", latency)
            $0.member("outstanding", outstanding)
            $0.member("connections", connections)
            $0.member("error", error)
        }
    }
}

extension ClusterReport.Lease: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", account)
            $0.member("candidates", candidates)
            $0.member("holder", row?.holder)
            $0.member("epoch", row?.epoch)
        }
    }
}

extension ClusterReport.Signal: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("name", name)
            $0.member("position", position)
            $0.member("changed_at", Timestamp(microseconds: changedAt * 1000).description)
            $0.member("lag", lag?.count)
        }
    }
}

extension ClusterReport.Finding: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("level", level.rawValue)
            $0.member("text", text)
            $0.member("remedy", remedy)
        }
    }
}

extension ClusterReport.Session: JSONWritable {
    /// As ZooKeeper's own tools write it.
    package var name: String { "0x" + String(UInt64(bitPattern: id), radix: 16) }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("session", name)
            $0.member("components", components)
            $0.member("client", client)
            $0.member("server", server)
            $0.member("timeout_ms", timeout)
            $0.member("latency_ms", latency)
            $0.member("queued", queued)
        }
    }
}

extension ClusterReport.Branch: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("path", path)
            $0.member("nodes", nodes)
            $0.member("bytes", bytes)
            $0.member("cut", isCut)
        }
    }
}
