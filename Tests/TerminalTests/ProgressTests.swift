import Synchronization
import Testing

@testable import Terminal

@Suite("Progress")
struct ProgressTests {
    @Test(
        "a bar shows share, count, rate and the time left",
        arguments: [
            (500, 1000, 5, 78, "sending [####################--------------------]  50%  500/1000  100/s  ETA 0:05"),
            (1000, 1000, 10, 60, "sending [####################] 100%  1000/1000  100/s  ETA 0:00"),
            (0, 1000, 0, 60, "sending [--------------------------]   0%  0/1000  0/s"),
        ])
    func bar(done: Int, total: Int, seconds: Int, width: Int, expected: String) {
        let figures = ProgressFigures(done: done, total: total, elapsed: .seconds(seconds))
        let bar = figures.bar(label: "sending", width: width)
        #expect(bar.displayWidth <= max(width, expected.displayWidth))
        #expect(bar.filter { $0 != "#" && $0 != "-" } == expected.filter { $0 != "#" && $0 != "-" })
    }

    @Test("a bar fits any window", arguments: [10, 20, 40, 80, 200])
    func fits(width: Int) {
        let figures = ProgressFigures(done: 123_456, total: 9_999_999, elapsed: .seconds(77))
        #expect(figures.bar(label: "рассылка", width: width).displayWidth <= width)
    }

    @Test("without a total there is a count and a rate")
    func unknownTotal() {
        let figures = ProgressFigures(done: 30, total: nil, elapsed: .seconds(10))
        #expect(figures.bar(label: "export", width: 80) == "export  30  3.0/s")
        #expect(figures.remaining == nil)
    }

    @Test("a machine gets a line every five seconds, and the last figures")
    func lines() {
        let written = Mutex<[String]>([])
        let start = ContinuousClock.now
        let moment = Mutex(start)
        let bar = ProgressBar(
            label: "x", total: 10, form: .lines { "\($0.done)" }, now: { moment.withLock { $0 } },
            write: { text in written.withLock { $0.append(text) } })
        for second in 1...12 {
            moment.withLock { $0 = start + .seconds(second) }
            bar.advance()
        }
        bar.finish()
        #expect(written.withLock { $0 } == ["5\n", "10\n", "12\n"])
    }

    @Test("a bar leaves the line when it is done, and gives way to a printed line")
    func redraw() {
        let written = Mutex("")
        let bar = ProgressBar(
            label: "x", total: 2, form: .bar { 60 }, write: { text in written.withLock { $0 += text } })
        bar.advance()
        bar.clear()
        #expect(written.withLock { $0 }.hasSuffix("\r\u{1B}[K"))
        bar.finish()
        #expect(written.withLock { $0 }.hasSuffix("\u{1B}[K\n"))
    }
}
