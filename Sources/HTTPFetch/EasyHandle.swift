import CCurl

/// A curl easy handle with what must live as long as curl may look at it.
///
/// Belongs to one loop's thread, like the `Transfer` that uses it; not Sendable.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    var isProxied = false
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        eralink_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, message)
    }

    deinit {
        curl_easy_cleanup(pointer)
        freeLists()
        message.deallocate()
    }

    /// Ready for another transfer; connections, names and TLS sessions are kept by the multi handle.
    func reset() {
        curl_easy_reset(pointer)
        freeLists()
        isProxied = false
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        eralink_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, message)
    }

    private func freeLists() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }

    func set(_ option: CURLoption, _ value: Int) { eralink_easy_set_long(pointer, option, value) }
    func set(_ option: CURLoption, offset value: Int) { eralink_easy_set_offset(pointer, option, curl_off_t(value)) }
    func set(_ option: CURLoption, _ value: String) { eralink_easy_set_string(pointer, option, value) }
    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        eralink_easy_set_pointer(pointer, option, value)
    }

    func set(_ option: CURLoption, list items: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for item in items { list = curl_slist_append(list, item) ?? list }
        guard let list else { return }
        lists.append(list)
        eralink_easy_set_pointer(pointer, option, list)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return eralink_easy_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// Microseconds, for the `…_TIME_T` values.
    func duration(_ info: CURLINFO) -> Duration {
        var value: curl_off_t = 0
        return eralink_easy_get_offset(pointer, info, &value) == CURLE_OK ? .microseconds(value) : .zero
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard eralink_easy_get_string(pointer, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    /// Bytes of requests, heads and bodies, that connections have accepted for this transfer, over all attempts.
    var requestBytes: Int { long(CURLINFO_REQUEST_SIZE) }

    var remoteAddress: String? {
        guard let address = string(CURLINFO_PRIMARY_IP), !address.isEmpty else { return nil }
        let port = long(CURLINFO_PRIMARY_PORT)
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    func message(for code: CURLcode) -> String {
        message.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: message)
    }
}
