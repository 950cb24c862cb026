import Glibc

/// ZooKeeper's plain-text questions (administrator's guide, "The Four Letter Words"): a word over TCP, the answer to the end.
enum FourLetterWord {
    enum Answer: Sendable, Equatable {
        case text(String)
        /// Why there is none.
        case none(String)
    }

    /// Blocks until the deadline at most, save for the resolving of the name.
    static func ask(_ word: String, host: String, port: String, until deadline: ContinuousClock.Instant) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, port, &hints, &list)
        guard status == 0 else { return .none("no address: \(String(cString: gai_strerror(status)))") }
        defer { freeaddrinfo(list) }
        var answer = Answer.none("no address")
        var next = list
        while let address = next?.pointee {
            answer = ask(word, address, until: deadline)
            if case .text = answer { return answer }
            next = address.ai_next
        }
        return answer
    }

    private static func ask(_ word: String, _ address: addrinfo, until deadline: ContinuousClock.Instant) -> Answer {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ai_family, type, 0)
        guard descriptor >= 0 else { return .none(reason(errno)) }
        defer { close(descriptor) }
        if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return .none(reason(errno)) }
            guard wait(descriptor, POLLOUT, until: deadline) else { return .none("no connection in time") }
            var failure: CInt = 0
            var length = socklen_t(MemoryLayout<CInt>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
            guard failure == 0 else { return .none(reason(failure)) }
        }
        guard send(descriptor, word, word.utf8.count, CInt(MSG_NOSIGNAL)) == word.utf8.count else {
            return .none(reason(errno))
        }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while text.count < 1 << 20 {
            guard wait(descriptor, POLLIN, until: deadline) else { return .none("connected, but no answer in time") }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { break }
            guard count > 0 else { return .none(reason(errno)) }
            text += buffer[..<count]
        }
        return text.isEmpty ? .none("closed without an answer") : .text(String(decoding: text, as: UTF8.self))
    }

    private static func wait(_ descriptor: CInt, _ events: CInt, until deadline: ContinuousClock.Instant) -> Bool {
        let left = (deadline - ContinuousClock.now) / .milliseconds(1)
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return left > 0 && poll(&entry, 1, CInt(left) + 1) > 0
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)).lowercased() }
}
