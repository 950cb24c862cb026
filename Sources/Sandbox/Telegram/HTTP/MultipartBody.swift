import Glibc

/// `multipart/form-data` (RFC 7578): a part without a file name is a text parameter, the others are files.
enum MultipartBody {
    static func read(_ body: [UInt8], contentType: String, into parameters: inout RequestParameters) {
        guard let boundary = attribute("boundary", of: contentType[...]) else {
            parameters.isBroken = true
            return
        }
        let delimiter = Array("--\(boundary)".utf8)
        guard var start = find(delimiter, in: body[...], from: 0) else {
            parameters.isBroken = true
            return
        }
        while true {
            start += delimiter.count
            if body[start...].starts(with: Array("--".utf8)) { return }
            guard let end = find(Array("\r\n".utf8) + delimiter, in: body[...], from: start) else {
                parameters.isBroken = true
                return
            }
            read(part: body[start..<end], into: &parameters)
            start = end + 2
        }
    }

    private static func read(part: ArraySlice<UInt8>, into parameters: inout RequestParameters) {
        let gap = Array("\r\n\r\n".utf8)
        guard let end = find(gap, in: part, from: part.startIndex) else {
            parameters.isBroken = true
            return
        }
        let content = part[(end + gap.count)...]
        let lines = String(decoding: part[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
        let type = lines.first { $0.lowercased().hasPrefix("content-type:") }?.split(separator: ":", maxSplits: 1).last
        for line in lines where line.lowercased().hasPrefix("content-disposition:") {
            guard let name = attribute("name", of: line) else { continue }
            if let filename = attribute("filename", of: line) {
                let decoded = FormBody.decoded(filename.utf8, plusIsSpace: false)
                parameters.files.append(
                    UploadedFile(
                        part: name, filename: String(decoding: decoded, as: UTF8.self),
                        mime: type.map { String($0).trimmingSpaces() }, bytes: Array(content)))
            } else {
                parameters.add(name.utf8, content)
            }
        }
    }

    /// The value of `name=value` or `name="value"` in a header.
    private static func attribute(_ name: String, of header: Substring) -> String? {
        var isQuoted = false
        let fields = header.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
        for field in fields {
            let pair = field.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, String(pair[0]).trimmingSpaces().lowercased() == name else { continue }
            var value = String(pair[1]).trimmingSpaces()[...]
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 { value = value.dropFirst().dropLast() }
            return String(value)
        }
        return nil
    }

    /// By the C library: forms hold files of many megabytes.
    private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        bytes[start...].withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = pattern.first else { return nil }
            var next = 0
            while next + pattern.count <= bytes.count,
                let candidate = memchr(base + next, Int32(first), bytes.count - pattern.count - next + 1)
            {
                if memcmp(candidate, pattern, pattern.count) == 0 {
                    return start + (UnsafeRawPointer(candidate) - base)
                }
                next = UnsafeRawPointer(candidate) - base + 1
            }
            return nil
        }
    }
}
