/// A PNG of these measures, black. Of a very large one the head alone: nobody here decodes it, and its data would only cost time.
package func samplePNG(_ width: Int, _ height: Int) -> [UInt8] {
    let header = big(width) + big(height) + [1, 0, 0, 0, 0]
    let rows = [UInt8](repeating: 0, count: width * height > 300_000 ? 0 : (1 + (width + 7) / 8) * height)
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", stored(rows))
        + chunk("IEND", [])
}

private func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

private func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + data
    return big(data.count) + body + big(checksum(body))
}

/// zlib's format without compression: blocks as they are, and Adler-32. Of zeros the sum is the number of them.
private func stored(_ zeros: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var rest = zeros[...]
    repeat {
        let block = rest.prefix(65_535)
        rest = rest.dropFirst(block.count)
        let (first, second) = (UInt8(truncatingIfNeeded: block.count), UInt8(truncatingIfNeeded: block.count >> 8))
        stream += [rest.isEmpty ? 1 : 0, first, second, ~first, ~second] + block
    } while !rest.isEmpty
    return stream + big((zeros.count % 65_521) << 16 | 1)
}

private let crcTable: [UInt32] = (0..<256).map { number in
    var crc = UInt32(number)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    return crc
}

private func checksum(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes { crc = crcTable[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    return Int(crc ^ 0xFFFF_FFFF)
}
