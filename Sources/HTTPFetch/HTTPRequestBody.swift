/// The body of a request. A streamed one passes through in constant memory: the next chunk is asked for when the one
/// before it is in curl's hands.
package enum HTTPRequestBody: Sendable {
    case none
    case bytes([UInt8])
    /// Exactly `length` bytes must come; fewer or more end the transfer with `.requestBody`. The sequence must honour
    /// cancellation: a fetch ends only after its sequence has.
    case stream(length: Int, any AsyncSequence<[UInt8], any Error> & Sendable)
    case multipart(MultipartForm)

    package static func string(_ text: String) -> HTTPRequestBody { .bytes(Array(text.utf8)) }

    /// The chunks and their total length, for a body that is not in memory.
    var stream: (length: Int, chunks: any AsyncSequence<[UInt8], any Error> & Sendable)? {
        switch self {
        case .none, .bytes: nil
        case .stream(let length, let chunks): (length, chunks)
        case .multipart(let form): (form.length, form.chunks)
        }
    }

    var contentType: String? {
        if case .multipart(let form) = self { form.contentType } else { nil }
    }
}
