/// A PNG that is nothing but a valid one: grey, of these measures.
package func samplePNG(_ width: Int, _ height: Int) -> [UInt8] {
    func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    func checksum(_ bytes: [UInt8]) -> Int {
        let sum = bytes.reduce(0xFFFF_FFFF as UInt32) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return Int(sum ^ 0xFFFF_FFFF)
    }
    func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + data
        return big(data.count) + body + big(checksum(body))
    }
    // Rows of one bit a pixel, in one stored (not compressed) block of zlib.
    let rows = [UInt8](repeating: 0, count: (1 + (width + 7) / 8) * height)
    var (low, high) = (1, 0)
    for byte in rows {
        low = (low + Int(byte)) % 65_521
        high = (high + low) % 65_521
    }
    var stream: [UInt8] = [0x78, 0x01]
    var rest = rows[...]
    repeat {
        let block = rest.prefix(65_535)
        rest = rest.dropFirst(block.count)
        let (first, second) = (UInt8(truncatingIfNeeded: block.count), UInt8(truncatingIfNeeded: block.count >> 8))
        stream += [rest.isEmpty ? 1 : 0, first, second, ~first, ~second] + block
    } while !rest.isEmpty
    stream += big(high << 16 | low)
    let header = big(width) + big(height) + [1, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", stream)
        + chunk("IEND", [])
}
