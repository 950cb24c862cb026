/// The largest numbers of sends that began within any second and any tenth of a second.
struct SendPeaks {
    private(set) var count = 0
    private(set) var inSecond = 0
    private(set) var inTenth = 0
    private(set) var first = 0.0
    private(set) var last = 0.0

    private var times: [Double] = []
    private var secondStart = 0
    private var tenthStart = 0

    mutating func record(_ now: Double) {
        if count == 0 { first = now }
        count += 1
        last = now
        times.append(now)
        while times[secondStart] <= now - 1 { secondStart += 1 }
        tenthStart = max(tenthStart, secondStart)
        while times[tenthStart] <= now - 0.1 { tenthStart += 1 }
        inSecond = max(inSecond, times.count - secondStart)
        inTenth = max(inTenth, times.count - tenthStart)
        if secondStart > 64, secondStart * 2 > times.count {
            times.removeFirst(secondStart)
            tenthStart -= secondStart
            secondStart = 0
        }
    }

    /// Sends a second between the first and the last.
    var sustained: Double { last > first ? Double(count - 1) / (last - first) : 0 }
}
