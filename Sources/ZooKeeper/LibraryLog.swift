import CZooKeeper
import Logging
import Synchronization

/// Takes the library's own log lines, which otherwise go to stderr, into ours at debug level: what an operator needs to
/// know is told by the session's states.
///
/// The library's callback has no context, so the logger of the first session stands for all.
enum LibraryLog {
    private static let logger = Mutex<Logger?>(nil)

    static func install(_ logger: Logger) {
        let first = Self.logger.withLock { current in
            defer { current = current ?? logger }
            return current == nil
        }
        if first { zoo_set_debug_level(ZOO_LOG_LEVEL_WARN) }
    }

    static let callback: log_callback_fn = { message in
        guard let message, let logger = LibraryLog.logger.withLock({ $0 }) else { return }
        logger.debug("zookeeper library", metadata: ["line": "\(String(cString: message))"])
    }
}
