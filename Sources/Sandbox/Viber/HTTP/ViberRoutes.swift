import JSON

/// `/pa/…` for bots, `/media/…` for files that people sent, `/control/…` for who moves the people.
extension ViberCore {
    func respond(to request: ViberRequest) async -> ViberResponse {
        if request.path.hasPrefix("/pa/") {
            let method = String(request.path.dropFirst(4))
            guard request.method == "POST" || (request.method == "GET" && method == "get_account_info") else {
                return .reply(status: 405, headers: [], body: [])
            }
            return await api(method, request)
        }
        if request.path.hasPrefix("/media/") { return media(request) }
        if request.path.hasPrefix("/control/"), request.method == "POST" {
            return await ViberControl(core: self).answer(String(request.path.dropFirst(9)), request.body)
        }
        return .reply(status: 404, headers: [], body: [])
    }

    private func api(_ method: String, _ request: ViberRequest) async -> ViberResponse {
        let reply = await answer(
            method, token: request.headers["x-viber-auth-token"], contentType: request.headers["content-type"],
            body: request.body)
        switch reply {
        case .json(let body): return .json(body)
        case .validate: return .reply(status: 500, headers: [], body: [])
        case .fault(.status(let status, let words)):
            guard case .json(let body) = ViberWorld.refusal(status, words) else { return .hang }
            return .json(body)
        case .fault(.page(let status)):
            return .reply(
                status: status, headers: [("Content-Type", "text/html")], body: Array("<html>\(status)</html>".utf8))
        case .fault(.unreadable): return .json(Array(#"{"status":0,"status_mess"#.utf8))
        case .fault(.drop): return .drop
        case .fault(.hang): return .hang
        }
    }

    private func media(_ request: ViberRequest) -> ViberResponse {
        let parts = request.path.split(separator: "/")
        guard parts.count >= 2, request.method == "GET" || request.method == "HEAD" else {
            return .reply(status: 404, headers: [], body: [])
        }
        let id = String(parts[1])
        var found: HostedMedia?
        note { world in
            found = world.hosted[id].flatMap { $0.until > world.now ? $0 : nil }
            world.hosted[id]?.asked += 1
        }
        guard let media = found else { return .reply(status: 404, headers: [], body: []) }
        if media.asked < media.failures { return .reply(status: 503, headers: [], body: []) }
        let type = [("Content-Type", media.type)]
        switch media.behaviour {
        case .bytes(let bytes):
            return request.method == "HEAD"
                ? .head(status: 200, headers: type, length: bytes.count)
                : .reply(status: 200, headers: type, body: bytes)
        case .endless: return .endless(type: media.type)
        case .redirect(let link): return .reply(status: 302, headers: [("Location", link)], body: [])
        case .status(let status): return .reply(status: status, headers: [], body: [])
        }
    }
}
