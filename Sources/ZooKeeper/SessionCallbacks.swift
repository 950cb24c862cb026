import CZooKeeper

/// The functions that the library calls on its threads. Each copies what it was given and looks its token up; none keeps a
/// pointer of the library, calls it, or waits.
enum SessionCallbacks {
    static func pointer(_ token: Int) -> UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: token) }

    private static func answer(_ data: UnsafeRawPointer?, _ status: Int32, _ reply: @autoclosure () -> CallReply) {
        let token = Int(bitPattern: data)
        SessionRegistry.calls(for: token)?.answer(token, status: status, reply: reply())
    }

    /// The session's own watcher: its context is the session's first token.
    static let session: watcher_fn = { handle, type, state, _, _ in
        guard type == ZOO_SESSION_EVENT,
            let calls = SessionRegistry.calls(for: Int(bitPattern: zoo_get_context(handle)))
        else { return }
        switch state {
        case ZOO_CONNECTED_STATE, ZOO_READONLY_STATE:
            calls.sessionEvent(.connected(id: zoo_client_id(handle)?.pointee.client_id ?? 0))
        case ZOO_EXPIRED_SESSION_STATE: calls.sessionEvent(.expired)
        case ZOO_AUTH_FAILED_STATE: calls.sessionEvent(.authFailed)
        default: calls.sessionEvent(.connecting)
        }
    }

    /// A node's watcher. Session events come to every watcher and consume none: the session's own watcher deals with them.
    static let watch: watcher_fn = { _, type, _, _, context in
        guard type != ZOO_SESSION_EVENT else { return }
        let token = Int(bitPattern: context)
        SessionRegistry.calls(for: token)?.watchFired(token)
    }

    static let void: void_completion_t = { status, data in
        answer(data, status, .done)
    }

    static let stat: stat_completion_t = { status, stat, data in
        answer(data, status, stat.map { .stat(NodeStat($0.pointee)) } ?? .done)
    }

    static let path: string_completion_t = { status, path, data in
        answer(data, status, path.map { .path(String(cString: $0)) } ?? .done)
    }

    static let node: data_completion_t = { status, value, length, stat, data in
        let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: max(0, Int(length)))) } ?? []
        answer(data, status, stat.map { .node(ZooKeeperNode(value: bytes, stat: NodeStat($0.pointee))) } ?? .done)
    }

    static let names: strings_completion_t = { status, strings, data in
        var names: [String] = []
        if let vector = strings?.pointee, let first = vector.data {
            names = UnsafeBufferPointer(start: first, count: Int(vector.count)).compactMap {
                $0.map { String(cString: $0) }
            }
        }
        answer(data, status, .names(names))
    }
}
