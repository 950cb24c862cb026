import CZooKeeper

/// Why a call to ZooKeeper failed: the library's code, the path it was about, and a sentence for a person.
package struct ZooKeeperError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Open, so that a code can be added without breaking a caller's switch.
    package struct Code: Sendable, Hashable {
        package let rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let connectionLoss = Self(rawValue: ZCONNECTIONLOSS.rawValue)
        package static let operationTimeout = Self(rawValue: ZOPERATIONTIMEOUT.rawValue)
        package static let badArguments = Self(rawValue: ZBADARGUMENTS.rawValue)
        package static let invalidState = Self(rawValue: ZINVALIDSTATE.rawValue)
        package static let noNode = Self(rawValue: ZNONODE.rawValue)
        package static let noAuth = Self(rawValue: ZNOAUTH.rawValue)
        package static let badVersion = Self(rawValue: ZBADVERSION.rawValue)
        package static let noChildrenForEphemerals = Self(rawValue: ZNOCHILDRENFOREPHEMERALS.rawValue)
        package static let nodeExists = Self(rawValue: ZNODEEXISTS.rawValue)
        package static let notEmpty = Self(rawValue: ZNOTEMPTY.rawValue)
        package static let sessionExpired = Self(rawValue: ZSESSIONEXPIRED.rawValue)
        package static let authFailed = Self(rawValue: ZAUTHFAILED.rawValue)
        package static let closing = Self(rawValue: ZCLOSING.rawValue)
        package static let sessionMoved = Self(rawValue: ZSESSIONMOVED.rawValue)
        package static let throttled = Self(rawValue: ZTHROTTLEDOP.rawValue)

        // Ours, outside the library's range.
        /// No answer within the call's deadline; it may still have been carried out.
        package static let deadlineExceeded = Self(rawValue: -10_001)
        /// More calls in flight than the configuration allows; this one was not sent.
        package static let overloaded = Self(rawValue: -10_002)
        /// There is no session at the moment; the call was not sent.
        package static let notConnected = Self(rawValue: -10_003)
        /// No host of the connect string has an address.
        package static let unresolvable = Self(rawValue: -10_004)
        /// The value is larger than a node may be.
        package static let tooLarge = Self(rawValue: -10_005)
        /// The connect string cannot be read.
        package static let badConnectString = Self(rawValue: -10_006)
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(status: Int32, doing: String) {
        self.init(Code(rawValue: status), "cannot \(doing): \(String(cString: zerror(status)))")
    }

    /// Whether the same call may succeed later, on this session or the next.
    package var retryable: Bool {
        switch code {
        case .connectionLoss, .operationTimeout, .deadlineExceeded, .overloaded, .notConnected, .sessionExpired,
            .closing,
            .invalidState, .sessionMoved, .throttled, .unresolvable:
            true
        default: false
        }
    }

    /// Whether no call on this session can succeed any more.
    var endsSession: Bool {
        switch code {
        case .sessionExpired, .closing, .invalidState, .authFailed: true
        default: false
        }
    }

    package var description: String { message }
}
