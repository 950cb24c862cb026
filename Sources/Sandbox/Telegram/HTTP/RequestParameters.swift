/// The parameters of one call, merged from query string and body as the Bot API server does: every one a text, the first
/// occurrence of a name wins, and a JSON null is the text `null`.
struct RequestParameters: Sendable {
    private(set) var values: [(name: String, value: String)] = []
    /// Names that came as JSON null.
    var nulls: [String] = []
    /// Names that came twice with different values; the first one counts.
    private(set) var repeated: [String] = []
    /// Parts of a multipart body that had a file name.
    var files: [UploadedFile] = []
    /// The body broke off or was no JSON; what stood before the defect is kept.
    var isBroken = false
    /// Some text was not UTF-8.
    var hasInvalidText = false

    static let limit = 1 << 20

    init() {}

    /// - Parameter query: what follows the question mark of the target.
    init(query: Substring?, contentType: String?, body: [UInt8]) {
        if let query { FormBody.read(query.utf8, into: &self) }
        guard !body.isEmpty else { return }
        let type = contentType ?? ""
        let kind = type.prefix { $0 != ";" }.lowercased()
        switch kind {
        case "application/json": JSONBody.read(body, into: &self)
        case "multipart/form-data": MultipartBody.read(body, contentType: type, into: &self)
        case "application/x-www-form-urlencoded", "": FormBody.read(body, into: &self)
        default: break
        }
    }

    mutating func add(_ name: String, _ value: String) {
        if let earlier = values.first(where: { $0.name == name }) {
            if earlier.value != value { repeated.append(name) }
        } else {
            values.append((name, value))
        }
    }

    /// Adds bytes that must be UTF-8.
    mutating func add(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
        guard let name = String(validating: name, as: UTF8.self), let value = String(validating: value, as: UTF8.self)
        else {
            hasInvalidText = true
            return
        }
        add(name, value)
    }

    func file(_ part: String) -> UploadedFile? { files.first { $0.part == part } }

    /// Empty where the parameter is missing: an empty text counts as not given.
    subscript(name: String) -> String { values.first { $0.name == name }?.value ?? "" }

    func has(_ name: String) -> Bool { !self[name].isEmpty }

    /// `true`, `yes` and `1` in any case; all else is false.
    func flag(_ name: String) -> Bool {
        switch self[name].lowercased().trimmingSpaces() {
        case "true", "yes", "1": true
        default: false
        }
    }

    /// Read leniently: garbage is 0, and what is out of range is clamped.
    func integer(_ name: String, default fallback: Int = 0, in range: ClosedRange<Int> = Self.int32) -> Int {
        let text = self[name]
        guard !text.isEmpty else { return fallback }
        return min(max(text.leadingInteger, range.lowerBound), range.upperBound)
    }

    static let int32 = Int(Int32.min)...Int(Int32.max)

    var size: Int { values.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }
}

extension String {
    /// The integer at the beginning, saturating; 0 where there is none.
    var leadingInteger: Int {
        var digits = utf8.drop { $0 == UInt8(ascii: " ") }
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        var value = 0
        for digit in digits.prefix(while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            let (scaled, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, overSum) = scaled.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            if over || overSum { return isNegative ? .min : .max }
            value = sum
        }
        return isNegative ? -value : value
    }

    func trimmingSpaces() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = utf8.first, let last = utf8.last, isSpace(first) || isSpace(last) else { return self }
        var rest = utf8[...].drop(while: isSpace)
        while let end = rest.last, isSpace(end) { rest.removeLast() }
        return String(Substring(rest))
    }
}
