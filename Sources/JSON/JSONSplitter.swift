/// Finds where the values of a JSON text stand, without reading them: brackets and strings only.
///
/// A page of a provider is cut into its elements first and each is read by itself, so that one that is broken, too deep
/// or of an unknown shape can be kept raw and never fails its siblings (design.md, rule 2).
package enum JSONSplitter {
    /// The byte ranges of the elements of the array that is the whole text, or of the one that stands in its member `name`.
    ///
    /// Nesting is not limited here. Throws where the text around the elements is no JSON, or ends too early.
    package static func elements(
        of bytes: some Collection<UInt8>, inMember name: String? = nil
    ) throws(JSONError) -> [Range<Int>] {
        try scan(bytes) { (scanner) throws(JSONError) in
            if let name { try scanner.enterMember(name) }
            return try scanner.elements(expecting: name ?? "")
        }
    }

    /// The names and byte ranges of the members of the object that is the whole text.
    package static func members(of bytes: some Collection<UInt8>) throws(JSONError) -> [(
        name: String, value: Range<Int>
    )] {
        try scan(bytes) { (scanner) throws(JSONError) in try scanner.members() }
    }

    private static func scan<Found>(
        _ bytes: some Collection<UInt8>, _ body: (inout JSONSkipper) throws(JSONError) -> Found
    ) throws(JSONError) -> Found {
        func run(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<Found, JSONError> {
            var scanner = JSONSkipper(bytes: buffer)
            do throws(JSONError) { return .success(try body(&scanner)) } catch { return .failure(error) }
        }
        let result = bytes.withContiguousStorageIfAvailable { run($0) }
        return try (result ?? Array(bytes).withUnsafeBufferPointer { run($0) }).get()
    }
}
