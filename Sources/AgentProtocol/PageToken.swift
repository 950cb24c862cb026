import Domain

/// Where a page of `interactions.list` goes on; opaque to clients.
///
/// It carries the moment of the first page, so that the order cannot move while paging, and the place of the last item.
package struct PageToken: Sendable, Equatable {
    /// min(`to`, moment of the first page): customer messages from then on do not count for the order.
    package var moment: Timestamp
    package var last: Place

    package enum Place: Sendable, Equatable {
        /// Within the chats with customer messages before `moment`: the last one's time of its latest such message.
        case withMessages(at: Timestamp, id: InteractionID)
        /// Within the chats without, which come last: the last one's `created_at`.
        case without(createdAt: Timestamp, id: InteractionID)
    }

    package init(moment: Timestamp, last: Place) {
        self.moment = moment
        self.last = last
    }

    /// Nil where the text was not made by `text`.
    package init?(text: some StringProtocol) {
        guard let bytes = Base64URL.decode(text), bytes.count == 33, bytes[0] <= 1 else { return nil }
        let numbers = (0..<4).map { number in
            bytes[(1 + number * 8)..<(9 + number * 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard Self.checksum(bytes[..<25]) == numbers[3] else { return nil }
        let time = Timestamp(microseconds: Int64(bitPattern: numbers[1]))
        let id = InteractionID(Int64(bitPattern: numbers[2]))
        let moment = Timestamp(microseconds: Int64(bitPattern: numbers[0]))
        // Who makes up a token with a fitting checksum gets no moments that nothing else could bring in.
        guard id.value > 0, Timestamp.writable.contains(time), Timestamp.writable.contains(moment) else { return nil }
        self.moment = moment
        last = bytes[0] == 0 ? .withMessages(at: time, id: id) : .without(createdAt: time, id: id)
    }

    package var text: String {
        let (phase, time, id): (UInt8, Timestamp, InteractionID) =
            switch last {
            case .withMessages(let time, let id): (0, time, id)
            case .without(let time, let id): (1, time, id)
            }
        var bytes = [phase]
        func append(_ number: UInt64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        append(UInt64(bitPattern: moment.microseconds))
        append(UInt64(bitPattern: time.microseconds))
        append(UInt64(bitPattern: id.value))
        append(Self.checksum(bytes[...]))
        return Base64URL.encode(bytes)
    }

    /// FNV-1a: catches slips, not forgery, which would gain nothing, since what a page shows is checked anew.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
