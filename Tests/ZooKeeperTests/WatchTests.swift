import Testing
import ZooKeeper

@Suite("Watches", .timeLimit(.minutes(2)))
struct WatchTests {
    @Test("a watch tells the node before, on its creation, at each change, and when it is gone")
    func states() async throws {
        try await withSession { session in
            var states = session.watch("/a").makeAsyncIterator()
            #expect(try await states.next() == .some(nil))
            try await session.create("/a", "1")
            #expect(try await states.next()??.text == "1")
            try await session.set("/a", "2")
            #expect(try await states.next()??.text == "2")
            try await session.delete("/a")
            #expect(try await states.next() == .some(nil))
            try await session.create("/a", "3")
            #expect(try await states.next()??.text == "3")
        }
    }

    @Test("setting the same value again is a change")
    func same() async throws {
        try await withSession { session in
            try await session.create("/a", "1")
            var states = session.watch("/a").makeAsyncIterator()
            let before = try await states.next()??.stat.version
            try await session.set("/a", "1")
            #expect(try await states.next()??.stat.version == before.map { $0 + 1 })
        }
    }

    @Test("children are told as they come and go")
    func children() async throws {
        try await withSession { session in
            var states = session.watchChildren("/p").makeAsyncIterator()
            #expect(try await states.next() == .some(nil))
            try await session.create("/p")
            #expect(try await states.next() == [])
            try await session.create("/p/a", mode: .ephemeral)
            #expect(try await states.next() == ["a"])
            try await session.delete("/p/a")
            #expect(try await states.next() == [])
        }
    }

    @Test("however fast a node changes, the last value is never missed", arguments: 0..<4)
    func lastValue(_ round: Int) async throws {
        try await withSession { session in
            try await session.create("/a", "0")
            async let last = session.watch("/a").first { $0?.text == "last" }
            for value in 1...300 {
                try await session.set("/a", "\(value)")
                if value % 50 == 0 { try await Task.sleep(for: .milliseconds(round)) }
            }
            try await session.set("/a", "last")
            let node = try await last
            #expect(node??.text == "last")
        }
    }

    @Test("many watches of one node are all told")
    func many() async throws {
        try await withSession { session in
            try await session.create("/a", "0")
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await session.watch("/a").first { $0?.text == "1" } != nil }
                }
                try await Task.sleep(for: .milliseconds(50))
                try await session.set("/a", "1")
                for try await told in group { #expect(told) }
            }
        }
    }

    @Test("closing the session ends its watches, which the library does not tell")
    func closed() async throws {
        try await withSession { session in
            let waiting = Task {
                var count = 0
                for try await _ in session.watch("/a") { count += 1 }
                return count
            }
            for try await state in session.watch("/a") {
                #expect(state == nil)
                break
            }
            await session.close()
            let count = try await waiting.value
            #expect(count <= 1)
        }
    }

    @Test("cancelling the reader ends its watch")
    func cancelled() async throws {
        try await withSession { session in
            let waiting = Task { for try await _ in session.watch("/a") {} }
            try await Task.sleep(for: .milliseconds(20))
            waiting.cancel()
            try await waiting.value
        }
    }

    @Test("what waiting does not cure is thrown")
    func refused() async throws {
        try await withSession { session in
            await expectCode(.badArguments) { for try await _ in session.watch("a") {} }
        }
    }
}
