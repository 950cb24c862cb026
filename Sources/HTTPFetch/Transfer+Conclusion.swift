import CCurl

extension Transfer {
    /// Reads what the handle knows before it is taken away.
    func conclude(_ easy: EasyHandle, _ code: CURLcode) -> Result<TransferEnd, HTTPFetchError> {
        if code == CURLE_OK && verdict == nil && !parser.isComplete {
            // curl takes a connection's end within the head for the end of the answer.
            return .failure(plan.error(.reset, .uncertain, "the connection ended within the answer's header"))
        }
        if code == CURLE_OK && verdict == nil {
            let timings = HTTPTimings(
                started: started, finished: .now, connected: easy.duration(CURLINFO_PRETRANSFER_TIME_T),
                firstByte: easy.duration(CURLINFO_STARTTRANSFER_TIME_T),
                reusedConnection: easy.long(CURLINFO_NUM_CONNECTS) == 0)
            return .success(TransferEnd(remoteAddress: easy.remoteAddress, timings: timings))
        }
        let failure = TransferFailure(
            curlCode: code.rawValue, requestBytes: easy.requestBytes, verdict: verdict, message: easy.message(for: code)
        )
        let status = parser.head.status
        return .failure(
            plan.error(
                failure.code, failure.delivery, status: status >= 200 ? status : nil,
                curlCode: verdict == nil ? Int(code.rawValue) : nil, failure.detail))
    }
}
