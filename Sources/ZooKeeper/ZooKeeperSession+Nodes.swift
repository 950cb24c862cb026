import CZooKeeper

/// Reading and writing nodes. Paths are absolute, below the chroot. Each call waits `configuration.callDeadline` at most and
/// throws `ZooKeeperError`, or `CancellationError` where its task was cancelled; both leave open whether a write was done.
extension ZooKeeperSession {
    /// Larger values are refused here; the server cuts the connection at `jute.maxbuffer`, 1 MiB by default.
    package static let maxValueBytes = 900_000

    /// Makes a node and returns its path, with the digits of a sequential one.
    @discardableResult
    package func create(_ path: String, _ value: String = "", mode: NodeMode = .persistent) async throws -> String {
        guard value.utf8.count <= Self.maxValueBytes else { throw Self.tooLarge(path) }
        let acl = configuration.auth == nil ? eralink_zoo_acl_open() : eralink_zoo_acl_creator()
        let reply = try await call("create \(path)", path) { handle, path, data in
            zoo_acreate(
                handle, path, value, CInt(value.utf8.count), acl, mode.flags, SessionCallbacks.path, data)
        }
        guard case .path(let created) = reply else { return path }
        return configuration.chroot.isEmpty ? created : String(created.dropFirst(configuration.chroot.count))
    }

    /// Makes the node and the parents that are missing, all persistent. An existing node keeps its value.
    package func ensure(_ path: String, parents: NodeMode = .persistent) async throws {
        guard path.count > 1 else { return }
        do {
            try await create(path, mode: parents)
        } catch let error as ZooKeeperError where error.code == .noNode {
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return try await ensureChroot() }
            try await ensure(String(path[..<slash]))
            try await ensure(path, parents: parents)
        } catch let error as ZooKeeperError where error.code == .nodeExists {
        }
    }

    /// Makes the chroot where it is missing.
    package func ensureChroot() async throws {
        var path = ""
        for part in configuration.chroot.split(separator: "/") {
            path += "/\(part)"
            do {
                let acl = configuration.auth == nil ? eralink_zoo_acl_open() : eralink_zoo_acl_creator()
                _ = try await call("create \(path)", absolute: path) { handle, path, data in
                    zoo_acreate(handle, path, "", 0, acl, NodeMode.persistent.flags, SessionCallbacks.path, data)
                }
            } catch let error as ZooKeeperError where error.code == .nodeExists {
            } catch let error as ZooKeeperError where error.code == .noAuth && path != configuration.chroot {
                // It may be there and merely not be ours to write in: the last part decides.
            }
        }
    }

    package func get(_ path: String) async throws -> ZooKeeperNode {
        try await get(path, watch: nil)
    }

    @discardableResult
    package func set(_ path: String, _ value: String, version: Int32 = -1) async throws -> NodeStat? {
        guard value.utf8.count <= Self.maxValueBytes else { throw Self.tooLarge(path) }
        let reply = try await call("set \(path)", path) { handle, path, data in
            zoo_aset(handle, path, value, CInt(value.utf8.count), version, SessionCallbacks.stat, data)
        }
        guard case .stat(let stat) = reply else { return nil }
        return stat
    }

    package func delete(_ path: String, version: Int32 = -1) async throws {
        _ = try await call("delete \(path)", path) { handle, path, data in
            zoo_adelete(handle, path, version, SessionCallbacks.void, data)
        }
    }

    /// The names of the node's children, in no order.
    package func children(_ path: String) async throws -> [String] {
        try await children(path, watch: nil)
    }

    /// Nil where there is no such node.
    package func exists(_ path: String) async throws -> NodeStat? {
        try await exists(path, watch: nil)
    }

    func get(_ path: String, watch: Int?) async throws -> ZooKeeperNode {
        let reply = try await call("read \(path)", path) { handle, path, data in
            zoo_awget(
                handle, path, watch == nil ? nil : SessionCallbacks.watch, watch.flatMap(SessionCallbacks.pointer),
                SessionCallbacks.node, data)
        }
        guard case .node(let node) = reply else { throw ZooKeeperError(.noNode, "\(path) came back empty") }
        return node
    }

    func children(_ path: String, watch: Int?) async throws -> [String] {
        let reply = try await call("list \(path)", path) { handle, path, data in
            zoo_awget_children(
                handle, path, watch == nil ? nil : SessionCallbacks.watch, watch.flatMap(SessionCallbacks.pointer),
                SessionCallbacks.names, data)
        }
        guard case .names(let names) = reply else { return [] }
        return names
    }

    func exists(_ path: String, watch: Int?) async throws -> NodeStat? {
        do {
            let reply = try await call("look for \(path)", path) { handle, path, data in
                zoo_awexists(
                    handle, path, watch == nil ? nil : SessionCallbacks.watch, watch.flatMap(SessionCallbacks.pointer),
                    SessionCallbacks.stat, data)
            }
            guard case .stat(let stat) = reply else { return nil }
            return stat
        } catch let error as ZooKeeperError where error.code == .noNode {
            return nil
        }
    }

    private typealias LibraryCall = (OpaquePointer, String, UnsafeMutableRawPointer?) -> Int32

    private func call(_ doing: String, _ path: String, _ body: LibraryCall) async throws -> CallReply {
        guard path.utf8.first == UInt8(ascii: "/") else {
            // Without it, the path would be a sibling of the chroot.
            throw ZooKeeperError(.badArguments, "cannot \(doing): a path begins with a slash")
        }
        let full = path == "/" && !configuration.chroot.isEmpty ? configuration.chroot : configuration.chroot + path
        return try await call(doing, absolute: full, body)
    }

    private func call(_ doing: String, absolute path: String, _ body: LibraryCall) async throws -> CallReply {
        guard !path.utf8.contains(0) else { throw ZooKeeperError(.badArguments, "cannot \(doing): a path has no NUL") }
        let token = calls.reserveToken()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let deadline = ContinuousClock.now + configuration.callDeadline
                guard calls.begin(token, doing: doing, deadline: deadline, continuation) else { return }
                guard let handle else {
                    return calls.answer(token, status: ZCLOSING.rawValue, reply: .done)
                }
                // A call that fails at once never calls back: then the status is the answer.
                let status = body(handle, path, SessionCallbacks.pointer(token))
                if status != 0 { calls.answer(token, status: status, reply: .done) }
            }
        } onCancel: {
            calls.abandon(token)
        }
    }

    private static func tooLarge(_ path: String) -> ZooKeeperError {
        ZooKeeperError(.tooLarge, "the value for \(path) is larger than \(maxValueBytes) bytes")
    }
}
