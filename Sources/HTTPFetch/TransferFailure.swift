import CCurl

/// Turns what curl says about an ended transfer into what a sender must know. Pure.
struct TransferFailure: Equatable {
    /// Why one of our callbacks, not curl, ended the transfer.
    enum Verdict: Equatable {
        case tooLarge
        case headTooLarge
        case guarded(String)
        /// curl was about to send once more what may have been read already.
        case repeatRefused
        case bodyTooShort
        case bodyTooLong
        case bodyFailed
        case cancelled(String)
    }

    var code: HTTPFetchError.Code
    var delivery: HTTPFetchError.Delivery
    var detail: String

    /// - Parameters:
    ///   - requestBytes: bytes of the request that were handed to any connection, TLS records included.
    ///   - message: curl's error buffer, else its text for `curlCode`.
    init(curlCode: UInt32, requestBytes: Int, verdict: Verdict?, message: String) {
        delivery = requestBytes == 0 ? .certainlyNotSent : .uncertain
        detail = message
        switch verdict {
        case .tooLarge: (code, detail) = (.tooLarge, "the response is longer than allowed")
        case .headTooLarge: (code, detail) = (.tooLarge, "the response's header is longer than allowed")
        case .guarded(let reason): (code, detail) = (.guarded, reason)
        case .repeatRefused: (code, detail) = (.reset, "the kept connection ended before an answer")
        case .bodyTooShort: (code, detail) = (.requestBody, "the body ended before its announced length")
        case .bodyTooLong: (code, detail) = (.requestBody, "the body is longer than announced")
        case .bodyFailed: (code, detail) = (.requestBody, "the body could not be read")
        case .cancelled(let reason): (code, detail) = (.cancelled, reason)
        case nil: code = Self.code(of: CURLcode(curlCode))
        }
    }

    private static func code(of code: CURLcode) -> HTTPFetchError.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_USE_SSL_FAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            .tls
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND: .reset
        case CURLE_PARTIAL_FILE: .truncated
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_BAD_CONTENT_ENCODING:
            .badResponse
        case CURLE_URL_MALFORMAT: .invalidRequest
        default: .other
        }
    }
}
