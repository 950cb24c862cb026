/// The body of a streamed answer. One consumer; asking for more is what makes more come.
package struct HTTPBodyStream: AsyncSequence, Sendable {
    let transfer: Transfer
    let fetcher: HTTPFetcher

    package func makeAsyncIterator() -> Iterator { Iterator(transfer: transfer, fetcher: fetcher) }

    package struct Iterator: AsyncIteratorProtocol {
        let transfer: Transfer
        let fetcher: HTTPFetcher

        /// All bytes that have come since the call before; never empty.
        /// - Throws: `HTTPFetchError` if the answer breaks off, is too long or the fetch is cancelled.
        package mutating func next() async throws -> [UInt8]? {
            let bytes = try await fetcher.nextBytes(transfer)
            return bytes.isEmpty ? nil : bytes
        }
    }
}
